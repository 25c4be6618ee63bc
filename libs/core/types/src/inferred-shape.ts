/**
 * The shape codec: the generated code of an inferred type for every record that fits it, a self-describing message for the rest.
 *
 * S1. Every record is read back as it was written: a record takes the fast path only if it has exactly the inferred fields.
 * S2. Whole numbers may become fractions at any time; such a record takes the same fields as doubles and is no fallback.
 * S3. Every message is counted, and the first one is told to `onFirstFallback` with what did not fit.
 */
import { type ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import { nameOfValue, RecordShapeError } from './errors.js';
import type { GeneratedType } from './generated-type.js';
import { copyMessage } from './copy-message.js';
import { decodeMessage, encodeMessage } from './message-pack.js';
import { SourceText } from './source-text.js';
import type { ColumnarCodec, FallbackCounted, TypeDescription, TypeInformation, TypeSerializer } from './type-information.js';

const NARROW = 0;
const WIDE = 1;
const MESSAGE = 2;

/** How a value fits: as inferred, as inferred with all numbers as doubles, or not. */
type Fit = typeof NARROW | typeof WIDE | typeof MESSAGE;

/** A type inferred from samples. Reads records of any shape; fast for those of the inferred one. */
export class InferredType implements TypeInformation<unknown> {
  readonly typeName: string;
  readonly typeVersion = 1;
  readonly isKeyType = false;

  constructor(readonly shape: GeneratedType<unknown>, readonly wide: GeneratedType<unknown>) {
    this.typeName = `inferred<${shape.typeName}>`;
  }
  createSerializer(): InferredShapeSerializer {
    return new InferredShapeSerializer(this);
  }
  createColumnarCodec(): ColumnarCodec<unknown> {
    return new InferredColumnarCodec(this);
  }
  describe(): TypeDescription {
    return { kind: 'inferred', shape: this.shape.describe() };
  }
}

/** The description with a double for every number. */
export function widened(description: TypeDescription): TypeDescription {
  switch (description.kind) {
    case 'int':
    case 'long':
      return { ...description, kind: 'double' };
    case 'nullable':
    case 'list':
      return { ...description, of: widened(description.of) };
    case 'map':
      return { ...description, key: widened(description.key), value: widened(description.value) };
    case 'row':
      return { ...description, fields: description.fields.map(({ name, type }) => ({ name, type: widened(type) })) };
    case 'tuple':
      return { ...description, elements: description.elements.map(widened) };
    default:
      return description;
  }
}

function compileFit(shape: GeneratedType<unknown>): (value: unknown) => Fit {
  const source = new SourceText();
  const statements = shape.code.fit(source, 'v');
  return source.compile<(value: unknown) => Fit>(`return function(v){let wide=0;${statements}return wide;}`);
}

/** What both codecs share: the decision, the count, and the one report. */
class Fallbacks {
  onFirst: ((reason: string) => void) | undefined = undefined;
  readonly fitOf: (value: unknown) => Fit;
  private count = 0;
  private isReported = false;

  constructor(private readonly type: InferredType, private readonly parts: readonly FallbackCounted[]) {
    this.fitOf = compileFit(type.shape);
    for (const part of parts) part.onFirstFallback = (reason: string) => this.report(() => reason);
  }
  get total(): number {
    return this.parts.reduce((sum, part) => sum + part.fallbackCount, this.count);
  }
  message(value: unknown): Uint8Array {
    const message = encodeMessage(value);
    this.count++;
    this.report(() => this.reasonOf(value));
    return message;
  }
  private report(reason: () => string): void {
    if (this.isReported || this.onFirst === undefined) return;
    this.isReported = true;
    this.onFirst(reason());
  }
  private reasonOf(value: unknown): string {
    try {
      this.type.wide.createSerializer().serialize(value, new ByteWriter());
    } catch (error) {
      if (error instanceof RecordShapeError) return error.message;
      throw error;
    }
    return `${nameOfValue(value)} has other fields than ${this.type.shape.typeName}`;
  }
}

/** One value at a time: a tag byte, then the value in the encoding it names. */
export class InferredShapeSerializer implements TypeSerializer<unknown> {
  private readonly narrow: TypeSerializer<unknown>;
  private readonly wide: TypeSerializer<unknown>;
  private readonly fallbacks: Fallbacks;

  constructor(type: InferredType) {
    this.narrow = type.shape.createSerializer();
    this.wide = type.wide.createSerializer();
    this.fallbacks = new Fallbacks(type, [this.narrow, this.wide]);
  }
  get fallbackCount(): number {
    return this.fallbacks.total;
  }
  get onFirstFallback(): ((reason: string) => void) | undefined {
    return this.fallbacks.onFirst;
  }
  set onFirstFallback(callback: ((reason: string) => void) | undefined) {
    this.fallbacks.onFirst = callback;
  }

  serialize(value: unknown, out: ByteWriter): void {
    const fit = this.fallbacks.fitOf(value);
    const start = out.length;
    try {
      out.u8(fit);
      if (fit === NARROW) this.narrow.serialize(value, out);
      else if (fit === WIDE) this.wide.serialize(value, out);
      else out.bytes(this.fallbacks.message(value));
    } catch (error) {
      out.length = start;
      throw error;
    }
  }
  deserialize(reader: ByteReader): unknown {
    const tag = reader.u8();
    if (tag === NARROW) return this.narrow.deserialize(reader);
    if (tag === WIDE) return this.wide.deserialize(reader);
    if (tag === MESSAGE) return decodeMessage(reader.bytes());
    throw new MalformedBytesError(`unknown tag ${tag} of an inferred record at offset ${reader.offset - 1}`);
  }
  copy(value: unknown): unknown {
    return this.fallbacks.fitOf(value) === MESSAGE ? copyMessage(value) : this.narrow.copy(value);
  }
}

/**
 * A batch: mode and length of the messages, the messages with their places, filled up to a multiple of eight, and the columns of all
 * records that fit. One record with a fraction makes its whole batch wide.
 */
class InferredColumnarCodec implements ColumnarCodec<unknown> {
  private readonly narrow: ColumnarCodec<unknown>;
  private readonly wide: ColumnarCodec<unknown>;
  private readonly fallbacks: Fallbacks;
  private readonly fitting: unknown[] = [];

  constructor(type: InferredType) {
    this.narrow = type.shape.createColumnarCodec();
    this.wide = type.wide.createColumnarCodec();
    this.fallbacks = new Fallbacks(type, [this.narrow, this.wide]);
  }
  get fallbackCount(): number {
    return this.fallbacks.total;
  }
  get onFirstFallback(): ((reason: string) => void) | undefined {
    return this.fallbacks.onFirst;
  }
  set onFirstFallback(callback: ((reason: string) => void) | undefined) {
    this.fallbacks.onFirst = callback;
  }

  encode(values: readonly unknown[], count: number, out: ByteWriter): void {
    const { fitOf } = this.fallbacks;
    let mode: Fit = NARROW;
    let misfits = 0;
    for (let i = 0; i < count; i++) {
      const fit = fitOf(values[i]);
      if (fit === MESSAGE) misfits++;
      else if (fit === WIDE) mode = WIDE;
    }
    const start = out.length;
    try {
      out.u32(mode);
      out.u32(0);
      const fitting = misfits === 0 ? values : this.writeMessages(values, count, misfits, start, out);
      (mode === NARROW ? this.narrow : this.wide).encode(fitting, count - misfits, out);
    } catch (error) {
      out.length = start;
      throw error;
    } finally {
      this.fitting.length = 0;
    }
  }

  /** Writes the records that do not fit behind the head at `start`; returns the others. */
  private writeMessages(values: readonly unknown[], count: number, misfits: number, start: number, out: ByteWriter): unknown[] {
    out.varint(misfits);
    for (let i = 0; i < count; i++) {
      if (this.fallbacks.fitOf(values[i]) !== MESSAGE) {
        this.fitting.push(values[i]);
        continue;
      }
      out.varint(i);
      out.bytes(this.fallbacks.message(values[i]));
    }
    while (((out.length - start) & 7) !== 0) out.u8(0);
    out.patchU32(start + 4, out.length - start - 8);
    return this.fitting;
  }

  decode(reader: ByteReader, into: unknown[]): number {
    const mode = reader.u32();
    const size = reader.u32();
    if (mode > WIDE || (size & 7) !== 0) throw new MalformedBytesError(`inferred batch of mode ${mode} with ${size} bytes of messages`);
    const codec = mode === NARROW ? this.narrow : this.wide;
    if (size === 0) return codec.decode(reader, into);
    const messages = readMessages(reader, size);
    const fitting: unknown[] = [];
    const count = codec.decode(reader, fitting) + messages.length;
    let next = 0;
    for (let i = 0; i < count; i++) {
      const isMessage = next < messages.length && messages[next].place === i;
      into[i] = isMessage ? messages[next++].value : fitting[i - next];
    }
    if (next !== messages.length) throw new MalformedBytesError(`message at place ${messages[next].place} of ${count}`);
    return count;
  }
}

function readMessages(reader: ByteReader, size: number): readonly { readonly place: number; readonly value: unknown }[] {
  const end = reader.offset + size;
  const messages: { place: number; value: unknown }[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    const place = reader.varint();
    messages.push({ place, value: decodeMessage(reader.bytes()) });
  }
  if (reader.offset > end || end - reader.offset > 7) throw new MalformedBytesError(`messages end at ${reader.offset} instead of ${end}`);
  reader.raw(end - reader.offset);
  return messages;
}
