/**
 * What may be a message: plain values within limits. One walk over a value, which refuses everything else; what becomes of each part is
 * the business of who extends it (bytes in `message-pack.ts`, a copy in `copy-message.ts`).
 */
import { MessageRefusedError, nameOfValue } from './errors.js';
import { isWellFormed } from './text.js';

/** Depth of nesting, encoded bytes of a message, and entries of one collection; all inclusive. */
export const MESSAGE_LIMITS = { depth: 64, bytes: 16 * 1024 * 1024, entries: 100_000 } as const;

/** Names that change what an object is; and two by which msgpack-lite takes an object for an integer of its own. */
export const REFUSED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', '_isUint64BE', '_isInt64BE']);

export abstract class PlainWalk {
  /** A lower bound of the encoded size: a huge message is refused before it is built. */
  protected bytes = 0;

  protected abstract number(value: number): unknown;
  protected abstract text(value: string): unknown;
  protected abstract undefined(): unknown;
  protected abstract bigint(value: bigint): unknown;
  protected abstract date(value: Date): unknown;
  protected abstract octets(value: Uint8Array): unknown;
  /** Keys and values in turn, walked already. */
  protected abstract map(elements: unknown[]): unknown;
  /** Walked already. */
  protected abstract set(elements: unknown[]): unknown;

  /** Throws `WEIR_MESSAGE_REFUSED`. */
  plain(value: unknown, depth: number): unknown {
    if (++this.bytes > MESSAGE_LIMITS.bytes) throw tooLong(this.bytes);
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'number':
        return this.number(value);
      case 'string':
        this.count(value.length);
        return this.text(value);
      case 'undefined':
        return this.undefined();
      case 'bigint':
        return this.bigint(value);
      case 'object':
        return value === null ? null : this.object(value, depth);
      default:
        throw new MessageRefusedError(
          `a ${typeof value} cannot be encoded`,
          'Send data, not code: plain objects, arrays, maps, sets, dates, bytes.',
        );
    }
  }

  protected count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MESSAGE_LIMITS.bytes) throw tooLong(this.bytes);
  }

  private object(value: object, depth: number): unknown {
    if (depth >= MESSAGE_LIMITS.depth) throw new MessageRefusedError(`value nested deeper than ${MESSAGE_LIMITS.depth}, or in a cycle`);
    if (Array.isArray(value)) return this.elements(value, value.length, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.fields(value as Readonly<Record<string, unknown>>, depth);
    if (value instanceof Date) return this.date(value);
    if (value instanceof Uint8Array) {
      this.count(value.length);
      return this.octets(value);
    }
    if (value instanceof Map) return this.map(this.elements([...value].flat(1), value.size, depth));
    if (value instanceof Set) return this.set(this.elements([...value], value.size, depth));
    throw new MessageRefusedError(
      `${nameOfValue(value)} cannot be encoded`,
      'Send plain objects: an instance of a class would arrive without its class. Or declare the record type with types.row.',
    );
  }

  private fields(value: Readonly<Record<string, unknown>>, depth: number): unknown {
    if (Object.getOwnPropertySymbols(value).length > 0) {
      throw new MessageRefusedError('object with symbols cannot be encoded', 'Send plain objects, whose fields have names.');
    }
    const names = Object.keys(value);
    checkEntries(names.length);
    const copy: Record<string, unknown> = {};
    for (const name of names) {
      if (REFUSED_NAMES.has(name) || !isWellFormed(name)) throw refusedName(name);
      this.bytes += name.length;
      copy[name] = this.plain(value[name], depth + 1);
    }
    return copy;
  }

  private elements(values: readonly unknown[], size: number, depth: number): unknown[] {
    checkEntries(size);
    const copy = new Array<unknown>(values.length);
    for (let i = 0; i < values.length; i++) copy[i] = this.plain(values[i], depth + 1);
    return copy;
  }
}

export function tooLong(bytes: number): MessageRefusedError {
  return new MessageRefusedError(`message of ${bytes} bytes or more, ${MESSAGE_LIMITS.bytes} are allowed`);
}

export function checkEntries(count: number): void {
  if (count <= MESSAGE_LIMITS.entries) return;
  throw new MessageRefusedError(`collection of ${count} entries, ${MESSAGE_LIMITS.entries} are allowed`);
}

export function refusedName(name: string): MessageRefusedError {
  return new MessageRefusedError(`field name ${JSON.stringify(name)} cannot be encoded`, 'Rename the field, or send a Map.');
}
