/** Where in a value lies what no message can carry; for the text of an error, never on a hot path. */
import { encodeMessage } from './message-pack.js';
import { nameOfValue } from './errors.js';

/** The smallest part of a value that {@link encodeMessage} refuses. */
export interface UnserializablePart {
  /** Path from the value, e.g. `items[2].price`; empty for the value itself. */
  readonly path: string;
  /** What lies there, in a word or two: `function`, `instance of Account`. */
  readonly found: string;
  /** What the encoder said. */
  readonly cause: unknown;
}

const DEPTH_MAX = 16;

/** Undefined when the whole value can travel. Cost: the value is encoded once per level on the way to the part. */
export function unserializablePart(value: unknown): UnserializablePart | undefined {
  return search(value, '', 0);
}

function search(value: unknown, path: string, depth: number): UnserializablePart | undefined {
  const cause = refusal(value);
  if (cause === undefined) return undefined;
  if (depth < DEPTH_MAX) {
    for (const [name, part] of partsOf(value)) {
      const found = search(part, `${path}${name}`, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return { path: path.startsWith('.') ? path.slice(1) : path, found: nameOfValue(value), cause };
}

function refusal(value: unknown): unknown {
  try {
    encodeMessage(value);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Instances of classes are refused as a whole: their fields are not looked at. */
function partsOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.map((part, i) => [`[${i}]`, part]);
  if (value instanceof Map) return [...value].flatMap(([key, part]) => [['{key}', key], [`{${String(key)}}`, part]] as const);
  if (value instanceof Set) return [...value].map((part) => ['{element}', part]);
  if (typeof value !== 'object' || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value).map(([name, part]) => [`.${name}`, part]) : [];
}
