/** The environment that loads the probe into the processes under test, and what it wrote. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A line of the probe. */
export interface Probe {
  /** Wall-clock milliseconds as the process sees them. */
  readonly at: number;
  readonly loopP99Ms: number;
  readonly heapUsed: number;
  readonly timers: number;
}

export function probing(folder: string, everyMs = 10_000): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const program = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  return { NODE_OPTIONS: `--import=${program}`, WEIR_CHAOS_PROBE: folder, WEIR_CHAOS_PROBE_MS: String(everyMs) };
}

export function probesOf(folder: string, pid: number): Probe[] {
  const file = join(folder, `${pid}.jsonl`);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Probe);
}

export function probedProcesses(folder: string): number[] {
  return readdirSync(folder).map((name) => Number.parseInt(name, 10));
}
