/**
 * Records to bytes, for one outgoing edge. Chooses the codec, and tells each channel the type before its first frame in it.
 *
 * E1: every record arrives as it was, or the task fails with `WEIR_RECORD_NOT_SERIALIZABLE`. E2: a frame is readable with the last type that its
 * own channel was told. E3: the type of an edge without a declared one follows its records: when many do not fit, it is inferred anew, each
 * time after more of them.
 */
import type { ByteWriter } from '@weir/base';
import { type ColumnarCodec, inferType, RecordShapeError, sameDescription, type TypeInformation, unserializablePart } from '@weir/types';
import { RecordNotSerializableError } from '../errors.js';
import { FLAG_TYPE, FRAME_VERSION, KIND } from './frame-format.js';
import { writeTimestamps } from './timestamp-column.js';

export interface RecordEncoderOptions {
  /** Whose records these are; for messages. */
  readonly operatorName: string;
  /** Undefined: inferred. */
  readonly type: TypeInformation<unknown> | undefined;
  /** Once, with what did not fit. */
  readonly onFirstFallback: (reason: string) => void;
}

/** What a channel's consumer knows. */
export interface AnnouncedType {
  typeId: number;
}

/** Samples kept for a later inference. */
const SAMPLES_MAX = 64;
/** Records of a frame that are looked at. */
const FRAME_SAMPLES_MAX = 256;
/** Misfits before the first new inference, and how much later each further one is. */
const MISFITS_FIRST = 32;
const MISFITS_GROWTH = 4;
/** A new inference is worth its while when one record in so many does not fit. */
const MISFIT_SHARE = 10;

const utf8 = new TextEncoder();

export class RecordEncoder {
  /** Records that took the self-describing encoding. */
  fallbackRecords = 0;
  private codec: ColumnarCodec<unknown> | undefined;
  private type: TypeInformation<unknown> | undefined;
  private description = new Uint8Array(0);
  private typeId = 0;
  private samples: readonly unknown[] = [];
  private misfits = 0;
  private misfitsWanted = MISFITS_FIRST;
  private recordsSinceInference = 0;
  private isReported = false;

  constructor(private readonly options: RecordEncoderOptions) {}

  /**
   * Overwrites `out` with one data frame of `values[0..count)`, whose times are `timestamps[from..from+count)`. Its number is set when it is sent; `sent` is
   * to be called when it is, and not when the caller makes smaller frames of the records instead.
   */
  encode(values: readonly unknown[], timestamps: Float64Array, from: number, count: number, announced: AnnouncedType, out: ByteWriter): void {
    const codec = this.codec ?? this.use(this.options.type ?? this.infer(values, count));
    const announce = announced.typeId !== this.typeId;
    out.reset();
    out.u8(FRAME_VERSION);
    out.u8(KIND.data);
    out.u16(announce ? FLAG_TYPE : 0);
    out.u32(count);
    out.f64(0);
    if (announce) this.writeType(out);
    writeTimestamps(timestamps, from, count, out);
    try {
      codec.encode(values, count, out);
    } catch (error) {
      throw this.explain(values, count, error);
    }
  }

  /** The frame encoded last goes out. */
  sent(values: readonly unknown[], count: number, announced: AnnouncedType): void {
    const codec = this.codec as ColumnarCodec<unknown>;
    announced.typeId = this.typeId;
    const misfits = codec.fallbackCount - this.misfits;
    this.misfits = codec.fallbackCount;
    this.fallbackRecords += misfits;
    this.recordsSinceInference += count;
    if (this.options.type === undefined && codec.fallbackCount >= this.misfitsWanted) this.reconsider(values, count);
  }

  /** The caller encodes the same records again, in smaller frames. */
  discarded(): void {
    this.misfits = (this.codec as ColumnarCodec<unknown>).fallbackCount;
  }

  private use(type: TypeInformation<unknown>): ColumnarCodec<unknown> {
    const codec = type.createColumnarCodec();
    codec.onFirstFallback = (reason) => {
      if (this.isReported) return;
      this.isReported = true;
      this.options.onFirstFallback(reason);
    };
    this.codec = codec;
    this.type = type;
    this.typeId++;
    this.description = utf8.encode(JSON.stringify(type.describe()));
    this.misfits = 0;
    this.recordsSinceInference = 0;
    return codec;
  }

  /** E2. */
  private writeType(out: ByteWriter): void {
    out.u32(this.description.length);
    out.raw(this.description);
    while ((out.length & 7) !== 0) out.u8(0);
  }

  private infer(values: readonly unknown[], count: number): TypeInformation<unknown> {
    const fresh = values.slice(0, Math.min(count, FRAME_SAMPLES_MAX));
    const samples = [...this.samples, ...fresh];
    if (this.samples.length < SAMPLES_MAX) this.samples = samples.slice(0, SAMPLES_MAX);
    return inferType(samples);
  }

  /** E3. */
  private reconsider(values: readonly unknown[], count: number): void {
    const { fallbackCount } = this.codec as ColumnarCodec<unknown>;
    this.misfitsWanted = fallbackCount * MISFITS_GROWTH;
    if (fallbackCount * MISFIT_SHARE < this.recordsSinceInference) return;
    const type = this.infer(values, count);
    if (sameDescription(type.describe(), (this.type as TypeInformation<unknown>).describe())) return;
    this.use(type);
  }

  private explain(values: readonly unknown[], count: number, error: unknown): RecordNotSerializableError {
    const { operatorName } = this.options;
    if (error instanceof RecordShapeError) {
      return new RecordNotSerializableError(operatorName, error.path, `expected ${error.expected}, found ${String(error.details.found)}`, error);
    }
    for (let i = 0; i < count; i++) {
      const part = unserializablePart(values[i]);
      if (part !== undefined) return new RecordNotSerializableError(operatorName, part.path, part.found, part.cause);
    }
    return new RecordNotSerializableError(operatorName, '', 'record', error);
  }
}
