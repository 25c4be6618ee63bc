/** Messages that say what they should be. */

/** The i-th message: its number, and bytes that follow from it. */
export function messageAt(i: number, maxBytes: number): Uint8Array {
  const size = 4 + ((Math.imul(i, 2654435761) >>> 8) % Math.max(1, maxBytes - 4));
  const bytes = new Uint8Array(size).fill(i & 0xff, 4);
  new DataView(bytes.buffer).setUint32(0, i, true);
  return bytes;
}
/** Throws for bytes that are not what their number says. */
export function numberOf(bytes: Uint8Array): number {
  const i = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  for (let at = 4; at < bytes.length; at++) if (bytes[at] !== (i & 0xff)) throw new Error(`byte ${at} of message ${i} is ${bytes[at]}`);
  return i;
}
