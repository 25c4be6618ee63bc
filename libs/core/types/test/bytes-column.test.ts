/** Byte arrays of a batch: as they were, whatever their length, and independent of the message they came in. */
import { describe, expect, it } from '@jest/globals';
import { ByteReader, ByteWriter } from '@weir/base';
import { types } from '../src/index.js';

const arrays = [0, 1, 64, 100, 1024, 1025, 5000].map((length, i) => new Uint8Array(length).fill(i + 1));

function message(): Uint8Array {
  const out = new ByteWriter();
  types.bytes.createColumnarCodec().encode(arrays, arrays.length, out);
  return out.toBytes();
}
function decode(bytes: Uint8Array): Uint8Array[] {
  const into: Uint8Array[] = [];
  types.bytes.createColumnarCodec().decode(new ByteReader(bytes), into);
  return into;
}

describe('a column of byte arrays', () => {
  it('given short and long ones / when the message is overwritten / then they are as they were', () => {
    const bytes = message();
    const decoded = decode(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(arrays);
  });

  it('given short ones / then they share one memory; long ones own theirs, as copies do', () => {
    const decoded = decode(message());
    expect(new Set(decoded.slice(0, 5).map(({ buffer }) => buffer)).size).toBe(1);
    expect(decoded.slice(5).map((it) => it.buffer.byteLength)).toEqual([1025, 5000]);
    expect(types.bytes.createSerializer().copy(decoded[3]).buffer.byteLength).toBe(100);
  });

  it('given a length beyond the column, or bytes left over / then it is damaged', () => {
    const columnAt = 8 + 4; // behind the payload's header and the column's length
    const beyond = message();
    beyond[columnAt] = 0xff;
    expect(() => decode(beyond)).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
    const short = message();
    short[4]--;
    expect(() => decode(short)).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
  });
});
