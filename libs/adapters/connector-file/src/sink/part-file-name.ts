/**
 * Names of the files that a sink writes, and whose they are. All that is known of a file on the disk is its name: what a crash left behind
 * is found by listing (K3), and nothing that does not have such a name of this job is ever touched.
 *
 *   part-<job>-<operator>-<subtask>-<attempt>-<n><ext>                 committed
 *   .part-<job>-<operator>-<subtask>-<attempt>-<n><ext>.inprogress     being written, or prepared and not committed
 *
 * job: the first 12 digits of its id. operator: 6 digits, so that two sinks may share a directory. attempt: `<epoch>_<attempt>`. n: from 0.
 */
import { murmurString } from '@weir/base';

export interface PartFileName {
  readonly job: string;
  readonly operator: string;
  readonly subtask: number;
  readonly epoch: number;
  readonly attempt: number;
  readonly n: number;
  readonly extension: string;
}

const JOB_DIGITS = 12;
const PART = /^part-([0-9a-zA-Z]{1,12})-([0-9a-f]{6})-(\d+)-(\d+)_(\d+)-(\d+)(\.[^/]*)?$/;
const STAGING_SUFFIX = '.inprogress';

export function jobPrefix(jobId: string): string {
  return jobId.slice(0, JOB_DIGITS);
}

export function operatorPart(operatorId: string): string {
  return (murmurString(operatorId) >>> 0).toString(16).padStart(8, '0').slice(-6);
}

export function finalName(part: PartFileName): string {
  return `part-${part.job}-${part.operator}-${part.subtask}-${part.epoch}_${part.attempt}-${part.n}${part.extension}`;
}

export function stagingName(part: PartFileName): string {
  return `.${finalName(part)}${STAGING_SUFFIX}`;
}

/** Undefined for names that no sink gives. */
export function parsePartFileName(name: string): (PartFileName & { readonly staging: boolean }) | undefined {
  const staging = name.startsWith('.') && name.endsWith(STAGING_SUFFIX);
  const match = PART.exec(staging ? name.slice(1, -STAGING_SUFFIX.length) : name);
  if (match === null) return undefined;
  const [, job, operator, subtask, epoch, attempt, n, extension = ''] = match;
  return { job, operator, subtask: Number(subtask), epoch: Number(epoch), attempt: Number(attempt), n: Number(n), extension, staging };
}

/** True for a file that a sink of another job wrote into the same directory; files with names of their own belong to nobody. */
export function isFileOfAnotherJob(name: string, jobId: string): boolean {
  const part = parsePartFileName(name);
  return part !== undefined && part.job !== jobPrefix(jobId);
}

/** `<epoch>.<attempt>` as numbers. */
export function parseAttempt(text: string): { readonly epoch: number; readonly attempt: number } {
  const [epoch, attempt] = text.split('.').map(Number);
  return { epoch, attempt };
}

export function isEarlierAttempt(
  a: { readonly epoch: number; readonly attempt: number },
  b: { readonly epoch: number; readonly attempt: number },
): boolean {
  return a.epoch !== b.epoch ? a.epoch < b.epoch : a.attempt < b.attempt;
}
