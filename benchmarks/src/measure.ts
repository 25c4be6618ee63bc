/**
 * Paired timing: both sides run in turn, several rounds, so that a noisy machine disturbs both; a ratio is the median of per-round ratios.
 * `ratio` compares CPU time of the whole process (compilation and garbage collection included), which other programs on the machine cannot
 * lengthen; `wallRatio` compares elapsed time. On a quiet machine they agree, as both sides use one thread.
 */

export interface Sample {
  readonly wallMs: number;
  /** CPU time of the whole process: garbage collection and compilation included. */
  readonly cpuMs: number;
}
export interface Comparison {
  readonly name: string;
  /** Reference CPU time / measured CPU time: 1 = as fast as the reference, above 1 = faster. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** The same of elapsed time. */
  readonly wallRatio: number;
  readonly recordsPerS: number;
  readonly referenceRecordsPerS: number;
  readonly recordsPerCoreS: number;
  readonly cores: number;
  readonly peakRssMiB: number;
  /** What was compared, in a sentence. */
  readonly note: string;
}

export async function timed(work: () => void | Promise<void>): Promise<Sample> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const used = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (used.user + used.system) / 1000 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export async function compare(options: {
  readonly name: string;
  readonly note: string;
  readonly records: number;
  readonly rounds: number;
  readonly reference: () => void | Promise<void>;
  readonly measured: () => void | Promise<void>;
}): Promise<Comparison> {
  const references: Sample[] = [];
  const measured: Sample[] = [];
  for (let round = 0; round < options.rounds; round++) {
    references.push(await timed(options.reference));
    measured.push(await timed(options.measured));
  }
  const wall = median(measured.map((sample) => sample.wallMs));
  const cpu = median(measured.map((sample) => sample.cpuMs));
  const ratios = measured.map((sample, i) => references[i].cpuMs / sample.cpuMs);
  return {
    name: options.name,
    ratio: round3(median(ratios)),
    ratios: ratios.map(round3),
    wallRatio: round3(median(measured.map((sample, i) => references[i].wallMs / sample.wallMs))),
    recordsPerS: Math.round((options.records / wall) * 1000),
    referenceRecordsPerS: Math.round((options.records / median(references.map((sample) => sample.wallMs))) * 1000),
    recordsPerCoreS: Math.round((options.records / cpu) * 1000),
    cores: round3(cpu / wall),
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    note: options.note,
  };
}

export function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
