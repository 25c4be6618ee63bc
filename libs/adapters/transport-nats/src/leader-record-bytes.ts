/** A leader record as JSON, which an operator can read with `nats kv get`. */
import type { LeaderRecord } from '@weir/ports';

export function encodeLeaderRecord(record: LeaderRecord): Uint8Array {
  const { epoch, leader, restUrl, nonce, renewCount } = record;
  return new TextEncoder().encode(JSON.stringify({ epoch, leader, restUrl, nonce, renewCount }));
}

/** Undefined for bytes that are no record: somebody else wrote them. */
export function decodeLeaderRecord(bytes: Uint8Array): LeaderRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, leader, restUrl, nonce, renewCount } = value as Partial<Record<keyof LeaderRecord, unknown>>;
  if (!isCount(epoch) || !isCount(renewCount)) return undefined;
  if (typeof leader !== 'string' || typeof restUrl !== 'string' || typeof nonce !== 'string') return undefined;
  return { epoch, leader, restUrl, nonce, renewCount };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
