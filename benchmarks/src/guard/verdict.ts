/**
 * What the guard concludes from CPU times.
 *
 * 1. `cost` = CPU time of the engine / CPU time of the hand-written loop, the least of all rounds on each side. Other programs can only add to CPU time
 *    (cold caches, shared cores), so the least is what the code itself needs; a median moves with the load of the machine.
 * 2. A workload is too slow if its cost is more than `ALLOWED` above the baseline's.
 * 3. Rounds of further processes are added to those before, so that a process with bad luck is outweighed and none is thrown away.
 */

/** CPU milliseconds of each round. */
export interface Rounds {
  readonly reference: readonly number[];
  readonly measured: readonly number[];
}

/** Costs by workload, as checked in. */
export type Baseline = Readonly<Record<string, number>>;

export interface Verdict {
  readonly name: string;
  readonly cost: number;
  readonly baseline: number;
  /** cost / baseline - 1: 0.1 = a tenth more CPU time per record than when the baseline was taken. */
  readonly change: number;
  readonly tooSlow: boolean;
  /** So much better that the baseline hides what comes next. */
  readonly outdated: boolean;
}

export const ALLOWED = 0.15;

export function costOf({ reference, measured }: Rounds): number {
  return Math.min(...measured) / Math.min(...reference);
}

export function together(rounds: readonly Rounds[]): Rounds {
  return { reference: rounds.flatMap((it) => it.reference), measured: rounds.flatMap((it) => it.measured) };
}

export function judge(name: string, rounds: Rounds, baseline: Baseline): Verdict {
  const expected = baseline[name];
  if (expected === undefined) throw new Error(`the baseline has no workload ${name}: run the guard with --update`);
  const cost = costOf(rounds);
  const change = cost / expected - 1;
  return { name, cost, baseline: expected, change, tooSlow: change > ALLOWED, outdated: change < -ALLOWED };
}

/** Measures until the workload is within bounds or `attempts` processes agree that it is not. */
export function judgeRepeatedly(name: string, baseline: Baseline, attempts: number, measure: () => Rounds): Verdict & { readonly attempts: number; readonly rounds: Rounds } {
  const all: Rounds[] = [];
  for (;;) {
    all.push(measure());
    const rounds = together(all);
    const verdict = judge(name, rounds, baseline);
    if (!verdict.tooSlow || all.length >= attempts) return { ...verdict, attempts: all.length, rounds };
  }
}
