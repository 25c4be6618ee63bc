/** The bytes of one version of a job's register: JSON that a person can read, with a checksum over the text of its body. */
import { crc32, type JobId } from '@weir/base';
import type { JobRegister } from '@weir/ports';

const STATUSES: ReadonlySet<unknown> = new Set<JobRegister['status']>(['running', 'finished', 'failed', 'canceled']);

export function encodeRegister(job: JobId, version: number, value: JobRegister): Uint8Array {
  const body = { job, version, value };
  return new TextEncoder().encode(`${JSON.stringify({ crc32: checksum(body), body })}\n`);
}

/** The register, or what is wrong with the bytes. */
export function decodeRegister(bytes: Uint8Array, job: JobId, version: number): JobRegister | string {
  const file = parse(bytes);
  if (!isObject(file) || !isObject(file.body)) return 'it is not the JSON of a register';
  if (file.crc32 !== checksum(file.body)) return `its checksum is ${String(file.crc32)}, its body's is ${checksum(file.body)}`;
  const { body } = file;
  if (body.job !== job || body.version !== version) return `it holds version ${String(body.version)} of job ${String(body.job)}`;
  return isRegister(body.value) ? body.value : 'its body is not a register';
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : undefined; // a string is not a register either
  }
}

function checksum(body: object): string {
  return crc32(new TextEncoder().encode(JSON.stringify(body))).toString(16).padStart(8, '0');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRegister(value: unknown): value is JobRegister {
  if (!isObject(value) || !Number.isSafeInteger(value.epoch) || !STATUSES.has(value.status)) return false;
  const checkpoint = value.lastCompletedCheckpoint;
  return checkpoint === undefined || (isObject(checkpoint) && Number.isSafeInteger(checkpoint.checkpointId) && typeof checkpoint.path === 'string');
}
