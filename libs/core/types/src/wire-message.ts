/**
 * A message as bytes between processes. The first byte tells what follows: 0 a MessagePack message, 1 the bytes of a message that is a
 * `Uint8Array`, as they are. Higher numbers belong to couriers (parts of long messages) and never reach this file.
 */
import { MalformedBytesError } from '@weir/base';
import { decodeMessage, encodeMessage } from './message-pack.js';

const KIND_MESSAGE_PACK = 0;
const KIND_BYTES = 1;

/**
 * Bytes of any plain value, or of bytes with one copy. Throws like {@link encodeMessage}.
 * @param allocate where the bytes are laid; every one of them is written.
 */
export function encodeWireMessage(message: unknown, allocate: (bytes: number) => Uint8Array = fresh): Uint8Array {
  const raw = message instanceof Uint8Array;
  const payload = raw ? message : encodeMessage(message);
  const wire = allocate(payload.length + 1);
  wire[0] = raw ? KIND_BYTES : KIND_MESSAGE_PACK;
  wire.set(payload, 1);
  return wire;
}

/**
 * The message of exactly these bytes. A message of bytes is a view into them (at an odd offset); any other shares no memory with them.
 * Throws `WEIR_BYTES_MALFORMED` and `WEIR_MESSAGE_REFUSED`.
 */
export function decodeWireMessage(wire: Uint8Array): unknown {
  switch (wire[0]) {
    case KIND_MESSAGE_PACK:
      return decodeMessage(wire.subarray(1));
    case KIND_BYTES:
      return wire.subarray(1);
    default:
      throw new MalformedBytesError(wire.length === 0 ? 'empty message' : `message of unknown kind ${wire[0]}`);
  }
}

function fresh(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}
