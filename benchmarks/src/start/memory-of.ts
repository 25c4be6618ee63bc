/** Memory of a process as the kernel counts it: Linux. */
import { readFileSync } from 'node:fs';

export interface Memory {
  readonly rssMiB: number;
  /** Shared pages divided among those who share them. */
  readonly pssMiB: number;
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { rssMiB: field('Rss'), pssMiB: field('Pss') };
}
