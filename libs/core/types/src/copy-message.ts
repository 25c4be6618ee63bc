/** A deep copy of a value that can be a message, equal to what its bytes would give, without the bytes. */
import { decodeMessage, encodeMessage } from './message-pack.js';
import { MESSAGE_LIMITS, PlainWalk } from './plain-walk.js';

/** No part of a message has more bytes for each one that the walk counts; beyond the limit divided by it the real bytes are asked. */
const BYTES_PER_COUNT_MAX = 16;

/** A deep copy of a value that can be a message. Throws like {@link encodeMessage}. */
export function copyMessage(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? new CopyWalk().copy(value) : value;
}

class CopyWalk extends PlainWalk {
  copy(value: object): unknown {
    const copy = this.plain(value, 0);
    return this.bytes * BYTES_PER_COUNT_MAX > MESSAGE_LIMITS.bytes ? decodeMessage(encodeMessage(value)) : copy;
  }

  protected number(value: number): unknown {
    return value;
  }
  protected text(value: string): unknown {
    return value;
  }
  protected undefined(): unknown {
    return undefined;
  }
  protected bigint(value: bigint): unknown {
    // As long as its digits, four bits each.
    if (BigInt.asIntN(64, value) !== value) this.count(value.toString(16).length);
    return value;
  }
  protected date(value: Date): unknown {
    return new Date(value.getTime());
  }
  protected octets(value: Uint8Array): unknown {
    return new Uint8Array(value);
  }
  protected map(elements: unknown[]): unknown {
    const copy = new Map<unknown, unknown>();
    for (let i = 0; i < elements.length; i += 2) copy.set(elements[i], elements[i + 1]);
    return copy;
  }
  protected set(elements: unknown[]): unknown {
    return new Set(elements);
  }
}
