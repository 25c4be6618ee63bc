/**
 * A column of byte arrays, in their row encoding. Hot path (micro benchmark `rebalance`).
 *
 * A typed array with memory of its own costs ten times what a view does, so short ones are views of one copy that the batch shares. One that
 * is kept for long keeps that copy; `TypeSerializer.copy` gives it memory of its own.
 */
import { ByteReader, MalformedBytesError } from '@weir/base';

/** Longer ones own their memory: there the copy is what costs, and keeping one should not keep its neighbours. */
const SHARED_LENGTH_MAX = 1024;

/** Reads a column of `count` values into `values[0..count)`. They share no memory with it. Throws `WEIR_BYTES_MALFORMED`. */
export function readBytesColumn(column: Uint8Array, count: number, values: Uint8Array[]): void {
  const shared = new Uint8Array(column);
  const reader = new ByteReader(shared);
  for (let i = 0; i < count; i++) {
    const length = reader.varint();
    const from = reader.offset;
    reader.skip(length);
    values[i] = length <= SHARED_LENGTH_MAX ? new Uint8Array(shared.buffer, from, length) : shared.slice(from, from + length);
  }
  if (reader.remaining !== 0) throw new MalformedBytesError(`${reader.remaining} bytes after the last value of a column`);
}
