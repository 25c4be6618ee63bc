import { describe, expect, it } from '@jest/globals';
import { decodeWireMessage, encodeWireMessage } from '@weir/types';
import fc from 'fast-check';

describe('wire messages', () => {
  it('give back any plain value, and bytes as bytes', () => {
    const value = fc.oneof(fc.uint8Array(), fc.record({ type: fc.string(), at: fc.integer(), bytes: fc.uint8Array() }), fc.constant(undefined), fc.string());
    fc.assert(fc.property(value, (message) => expect(decodeWireMessage(encodeWireMessage(message))).toEqual(message)));
  });

  it('carry bytes with one copy, which the caller may lay where it likes', () => {
    const bytes = Uint8Array.of(5, 6, 7);
    const laid = encodeWireMessage(bytes, (length) => new Uint8Array(64).fill(255).subarray(10, 10 + length));
    expect([...laid]).toEqual([1, 5, 6, 7]);
    bytes[0] = 9;
    const decoded = decodeWireMessage(laid) as Uint8Array;
    expect([...decoded]).toEqual([5, 6, 7]);
    expect(decoded.buffer).toBe(laid.buffer);
  });

  it('of no known kind are refused', () => {
    for (const wire of [[], [2, 1], [255]]) {
      expect(() => decodeWireMessage(Uint8Array.from(wire))).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
    }
  });
});
