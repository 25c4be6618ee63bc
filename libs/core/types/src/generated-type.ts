/**
 * A type as source text: every built-in type knows how to print the statements that check, write, read and copy one value, and composite
 * types print those of their parts in place. `row-serializer.ts` and `columnar-codec.ts` compile the result.
 */
import { generateColumnarCodec } from './columnar-codec.js';
import { generateSerializer } from './row-serializer.js';
import type { SourceText } from './source-text.js';
import type { ColumnarCodec, TypeDescription, TypeInformation, TypeSerializer } from './type-information.js';

/** How a column of these values is laid out; `blob` and `bytes` are the row encoding of one value after another. */
export type ColumnKind = 'int' | 'long' | 'double' | 'date' | 'boolean' | 'string' | 'nullable' | 'row' | 'bytes' | 'blob';

/** Printers of statements. `value` is always a plain variable name; `path` is a JavaScript expression of the field path's text. */
export interface TypeCode {
  readonly column: ColumnKind;
  /** Of types with a column of their own: statements that throw if the variable `value` does not fit. */
  check?(source: SourceText, value: string, path: string): string;
  /** Statements that check the variable `value` and append it to `out`. */
  write(source: SourceText, value: string, path: string): string;
  /** Statements that read one value from `reader` into the declared variable `target`. */
  read(source: SourceText, target: string): string;
  /** Expression of a deep copy of `value`. */
  copy(source: SourceText, value: string): string;
  /**
   * Statements for the shape codec: `return 2` if `value` does not fit exactly, `wide = 1` if it fits once whole numbers are doubles.
   */
  fit(source: SourceText, value: string): string;
}

/** A built-in type. */
export class GeneratedType<T> implements TypeInformation<T> {
  constructor(
    readonly typeName: string,
    readonly isKeyType: boolean,
    readonly code: TypeCode,
    private readonly description: TypeDescription,
    readonly typeVersion = 1,
    /** Of rows: the parts, for columns. Of nullables: the one part. */
    readonly parts: readonly TypePart[] = [],
  ) {}

  createSerializer(): TypeSerializer<T> {
    return generateSerializer<T>(this);
  }
  createColumnarCodec(): ColumnarCodec<T> {
    return generateColumnarCodec<T>(this);
  }
  describe(): TypeDescription {
    return this.typeVersion === 1 ? this.description : { ...this.description, version: this.typeVersion };
  }
  /** The same type under another version. */
  withVersion(version: number): GeneratedType<T> {
    return new GeneratedType<T>(this.typeName, this.isKeyType, this.code, this.description, version, this.parts);
  }
}

export interface TypePart {
  readonly name: string;
  readonly type: GeneratedType<unknown>;
}

/** A built-in type as it is; any other implementation of the interface wrapped so that it can be a part of built-in ones. */
export function asGenerated<T>(type: TypeInformation<T>): GeneratedType<T> {
  if (type instanceof GeneratedType) return type as GeneratedType<T>;
  const code: TypeCode = {
    column: 'blob',
    write: (source, value) => `${bindSerializer(source, type)}.serialize(${value},out);`,
    read: (source, target) => `${target}=${bindSerializer(source, type)}.deserialize(reader);`,
    copy: (source, value) => `${bindSerializer(source, type)}.copy(${value})`,
    fit: () => '',
  };
  return new GeneratedType<T>(type.typeName, type.isKeyType, code, type.describe(), type.typeVersion);
}

function bindSerializer(source: SourceText, type: TypeInformation<unknown>): string {
  const serializer = type.createSerializer();
  serializer.onFirstFallback = (reason) => source.fallbacks.onFirst?.(reason);
  return source.bind(serializer);
}
