/** JSON in and out. In: no prototype of anything is ever reached, depth is bounded. Out: NaN is the text "NaN", as Jackson writes it. */
import { BadRequestError } from '../errors.js';

const MAX_DEPTH = 64;
const ONE_OBJECT = 'Send one JSON object with content type application/json.';
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** A value of JSON text; objects have no prototype. Throws `WEIR_REST_BAD_REQUEST`. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadRequestError(`the request body is not JSON: ${(cause as Error).message.slice(0, 200)}`, ONE_OBJECT);
  }
  return bare(value, 0);
}

/** The object in a request body; an empty body is an empty object. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequestError('the request body is not a JSON object', ONE_OBJECT);
  }
  return value as Record<string, unknown>;
}

function bare(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw new BadRequestError(`the request body is nested deeper than ${MAX_DEPTH} levels`, 'Send a flatter JSON object.');
  if (Array.isArray(value)) return value.map((it) => bare(it, depth + 1));
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, it] of Object.entries(value)) {
    if (REFUSED_KEYS.has(key)) throw new BadRequestError(`the request body has the key ${key}`, 'Leave this key out; it is never needed.');
    result[key] = bare(it, depth + 1);
  }
  return result;
}

export function formatJson(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) => (typeof it === 'number' && !Number.isFinite(it) ? String(it) : it));
}
