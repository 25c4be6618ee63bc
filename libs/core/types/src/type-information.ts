/**
 * The contracts of this lib: what a type knows, and the two kinds of codec it makes.
 *
 * Boundary: a type describes and validates values of one shape; it decides nothing about frames, snapshots or key groups. Codecs are
 * synchronous and keep scratch memory, so one instance belongs to one thread and one caller.
 */
import type { ByteReader, ByteWriter } from '@weir/base';

/**
 * JSON-able description of a type. Types with equal descriptions (see `sameDescription`) read each other's bytes.
 * `version` is present only when it is not 1.
 */
export type TypeDescription = { readonly version?: number } & (
  | { readonly kind: ScalarKind }
  | { readonly kind: 'nullable' | 'list'; readonly of: TypeDescription }
  | { readonly kind: 'map'; readonly key: TypeDescription; readonly value: TypeDescription }
  | { readonly kind: 'row'; readonly fields: readonly FieldDescription[] }
  | { readonly kind: 'tuple'; readonly elements: readonly TypeDescription[] }
  /** Inferred from samples: records of another shape are read too, as self-describing messages. */
  | { readonly kind: 'inferred'; readonly shape: TypeDescription }
);

export type ScalarKind = 'int' | 'long' | 'double' | 'boolean' | 'string' | 'bigint' | 'bytes' | 'date' | 'json' | 'any';

export interface FieldDescription {
  readonly name: string;
  readonly type: TypeDescription;
}

/** What Weir knows of the values of a stream or a state: enough to write, read, copy and check them. Immutable; may be shared. */
export interface TypeInformation<T> {
  /** For people and error messages, e.g. `int`, `row<origin:string,delay:int>`. */
  readonly typeName: string;
  /** Declared by the author, for state that outlives a job; 1 unless declared with `types.versioned`. */
  readonly typeVersion: number;
  /** True if every value may be a key, i.e. has canonical key bytes (see `encodeKey`). */
  readonly isKeyType: boolean;
  /** A new serializer with its own generated code (0.05 ms and more). Make one per use and keep it. */
  createSerializer(): TypeSerializer<T>;
  /** A new codec of batches with its own generated code and memory (0.15 ms and more, 16 KB). Make one per channel and direction. */
  createColumnarCodec(): ColumnarCodec<T>;
  describe(): TypeDescription;
}

/** Counts the values that had to take the self-describing encoding. Read by an operator's metric. */
export interface FallbackCounted {
  readonly fallbackCount: number;
  /** Called at the first fallback, once, with what did not fit. May be replaced at any time. */
  onFirstFallback: ((reason: string) => void) | undefined;
}

/** One value at a time; for state and for batches of less than about ten. */
export interface TypeSerializer<T> extends FallbackCounted {
  /** Appends `value`. Throws `WEIR_RECORD_SHAPE` for a value of another shape; `out` then is as before the call. */
  serialize(value: T, out: ByteWriter): void;
  /** Reads one value and advances. The value shares no memory with the reader. Throws `WEIR_BYTES_MALFORMED`. */
  deserialize(reader: ByteReader): T;
  /** A deep copy of a value of this type: mutable state handed to user code never aliases what is stored. */
  copy(value: T): T;
}

/**
 * A batch at a time, column by column. Layout: payload length and count, then the columns; every column starts at a multiple of eight bytes
 * from the payload's start, so that a payload which starts 8-aligned in memory is read through views, without copying.
 */
export interface ColumnarCodec<T> extends FallbackCounted {
  /** Appends the first `count` of `values`. Throws `WEIR_RECORD_SHAPE`; `out` then is as before the call. */
  encode(values: readonly T[], count: number, out: ByteWriter): void;
  /** Writes the batch to `into[0..count)`, leaving longer contents as they are, and returns the count. Throws `WEIR_BYTES_MALFORMED`. */
  decode(reader: ByteReader, into: T[]): number;
}

/** The TypeScript type of a type's values: `Infer<typeof flightType>`. */
export type Infer<Type> = Type extends TypeInformation<infer Value> ? Value : never;

/** Whether bytes written by one are read by the other. Versions are part of it. */
export function sameDescription(a: TypeDescription, b: TypeDescription): boolean {
  return canonicalText(a) === canonicalText(b);
}

function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([key, v]) => !(key === 'version' && v === 1));
    return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}
