/** One canonical byte form for bigints of any size: zero and eight bytes, or sign, count and big-endian magnitude of a longer one. */
import { MalformedBytesError, type ByteReader, type ByteWriter } from '@weir/base';

const SHORT = 0;
const LONG_POSITIVE = 1;
const LONG_NEGATIVE = 2;

/** Appends `value`; equal values have equal bytes. */
export function writeBigint(value: bigint, out: ByteWriter): void {
  if (BigInt.asIntN(64, value) === value) {
    out.u8(SHORT);
    out.i64(value);
    return;
  }
  out.u8(value < 0n ? LONG_NEGATIVE : LONG_POSITIVE);
  let hex = (value < 0n ? -value : value).toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  out.varint(hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) out.u8(Number.parseInt(hex.slice(i, i + 2), 16));
}

/** Reads what {@link writeBigint} wrote. Throws `WEIR_BYTES_MALFORMED`. */
export function readBigint(reader: ByteReader): bigint {
  const form = reader.u8();
  if (form === SHORT) return reader.i64();
  if (form > LONG_NEGATIVE) throw new MalformedBytesError(`unknown form ${form} of a bigint at offset ${reader.offset - 1}`);
  const bytes = reader.bytes();
  if (bytes.length === 0) throw new MalformedBytesError(`empty bigint at offset ${reader.offset}`);
  let hex = '0x';
  for (let i = 0; i < bytes.length; i++) hex += bytes[i].toString(16).padStart(2, '0');
  return form === LONG_NEGATIVE ? -BigInt(hex) : BigInt(hex);
}
