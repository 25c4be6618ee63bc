/** Compiles a type's printed statements into a serializer of single values. Hot path: state access and small batches (bench/codecs.mjs). */
import type { ByteReader, ByteWriter } from '@weir/base';
import type { GeneratedType } from './generated-type.js';
import { type FallbackCounter, SourceText } from './source-text.js';
import type { TypeSerializer } from './type-information.js';

/** What the generated text returns. */
interface SerializerFunctions<T> {
  serialize(value: T, out: ByteWriter): void;
  deserialize(reader: ByteReader): T;
  copy(value: T): T;
}

/** Own function properties instead of methods: the generated functions are called directly, with feedback of their own. */
export class GeneratedSerializer<T> implements TypeSerializer<T> {
  readonly serialize: (value: T, out: ByteWriter) => void;
  readonly deserialize: (reader: ByteReader) => T;
  readonly copy: (value: T) => T;

  constructor(functions: SerializerFunctions<T>, private readonly fallbacks: FallbackCounter) {
    this.serialize = functions.serialize;
    this.deserialize = functions.deserialize;
    this.copy = functions.copy;
  }
  get fallbackCount(): number {
    return this.fallbacks.count;
  }
  get onFirstFallback(): ((reason: string) => void) | undefined {
    return this.fallbacks.onFirst;
  }
  set onFirstFallback(callback: ((reason: string) => void) | undefined) {
    this.fallbacks.onFirst = callback;
  }
}

export function generateSerializer<T>(type: GeneratedType<T>): GeneratedSerializer<T> {
  const source = new SourceText();
  const { code } = type;
  // The try keeps `out` as it was when a value is refused half way.
  const body = `return {
    serialize(v,out){const start=out.length;try{${code.write(source, 'v', '""')}}catch(e){out.length=start;throw e;}},
    deserialize(reader){let r;${code.read(source, 'r')}return r;},
    copy(v){return ${code.copy(source, 'v')};}
  };`;
  return new GeneratedSerializer(source.compile<SerializerFunctions<T>>(body), source.fallbacks);
}
