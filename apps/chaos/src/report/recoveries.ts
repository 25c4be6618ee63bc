/** Recovery times by fault, beside the plan's bounds. */
import type { FaultRecord } from '../faults/fault-schedule.js';
import type { RunResult } from '../run/run-scenario.js';

export interface Recovery {
  readonly fault: string;
  readonly count: number;
  readonly void: number;
  /** Milliseconds until all tasks run again. */
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Until a new checkpoint has completed. */
  readonly checkpointP95: number;
  readonly boundMs: number;
}

export function faultRecords(results: readonly Pick<RunResult, 'figures'>[]): FaultRecord[] {
  return results.flatMap(({ figures }) => (figures.faults as readonly FaultRecord[] | undefined) ?? []);
}

export function recoveries(records: readonly FaultRecord[]): Recovery[] {
  const names = [...new Set(records.map(({ fault }) => fault))].sort();
  return names.map((fault) => {
    const own = records.filter((it) => it.fault === fault);
    const bitten = own.filter(({ bit }) => bit);
    const running = sorted(bitten.flatMap(({ runningMs }) => runningMs ?? []));
    const checkpoint = sorted(bitten.flatMap(({ recoveredMs }) => recoveredMs ?? []));
    return {
      fault, count: own.length, void: own.length - bitten.length, p50: quantile(running, 0.5), p95: quantile(running, 0.95), max: quantile(running, 1),
      checkpointP95: quantile(checkpoint, 0.95), boundMs: own[0].boundMs,
    };
  });
}

/** Smallest value that at least this part of them does not exceed. */
export function quantile(ascending: readonly number[], part: number): number {
  if (ascending.length === 0) return Number.NaN;
  return ascending[Math.max(0, Math.ceil(part * ascending.length) - 1)];
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

export function recoveryTable(records: readonly FaultRecord[]): string[] {
  const ms = (value: number): string => (Number.isNaN(value) ? '-' : String(Math.round(value)));
  return [
    '| fault | times | void | running p50 ms | p95 | max | new checkpoint p95 | bound |', '|---|---|---|---|---|---|---|---|',
    ...recoveries(records).map((it) => `| ${it.fault} | ${it.count} | ${it.void} | ${ms(it.p50)} | ${ms(it.p95)} | ${ms(it.max)} | ${ms(it.checkpointP95)} | ${it.boundMs} |`),
  ];
}
