/** Rates from successive looks at a job: records per second over the last seconds, and the time left of bounded input. */
import type { JobStatus, OperatorStatus } from '@weir/cluster';

export interface OperatorRates {
  readonly recordsInPerSecond: number;
  readonly recordsOutPerSecond: number;
}

/** A job's status with what only time shows. Plain data: displays are functions of it. */
export interface JobSample {
  readonly status: JobStatus;
  /** Wall clock. */
  readonly nowMs: number;
  readonly elapsedMs: number;
  readonly rates: ReadonlyMap<string, OperatorRates>;
  /** Bounded input with progress only. */
  readonly remainingMs: number | undefined;
}

/** Rates cover this span. */
const WINDOW_MS = 3000;

interface Look {
  readonly atMs: number;
  readonly progress: number | undefined;
  readonly operators: ReadonlyMap<string, OperatorStatus>;
}

export class JobSampler {
  private readonly looks: Look[] = [];

  /** `monotonicMs` orders the looks; `nowMs` is only shown. */
  sample(status: JobStatus, nowMs: number, monotonicMs: number): JobSample {
    const operators = new Map(status.vertices.flatMap((vertex) => vertex.operators.map((it) => [it.operatorId as string, it] as const)));
    while (this.looks.length > 1 && this.looks[1].atMs < monotonicMs - WINDOW_MS) this.looks.shift();
    const first = this.looks.at(0);
    this.looks.push({ atMs: monotonicMs, progress: status.progress, operators });
    const seconds = first === undefined ? 0 : (monotonicMs - first.atMs) / 1000;
    const rates = new Map<string, OperatorRates>();
    for (const [id, now] of operators) {
      const before = first?.operators.get(id);
      const perSecond = (field: 'recordsIn' | 'recordsOut'): number =>
        before === undefined || seconds <= 0 ? 0 : Math.max(0, (now[field] - before[field]) / seconds); // a restart sets counters back
      rates.set(id, { recordsInPerSecond: perSecond('recordsIn'), recordsOutPerSecond: perSecond('recordsOut') });
    }
    return { status, nowMs, elapsedMs: Math.max(0, nowMs - status.startedAtMs), rates, remainingMs: remaining(status.progress, first, seconds) };
  }
}

function remaining(progress: number | undefined, first: Look | undefined, seconds: number): number | undefined {
  if (progress === undefined || first?.progress === undefined || seconds <= 0) return undefined;
  const perMs = (progress - first.progress) / (seconds * 1000);
  return perMs <= 0 ? undefined : (1 - progress) / perMs;
}
