/** Runs scenarios, one after the other or a few at a time, shows them, and sums them up. */
import { join } from 'node:path';
import type { Program } from '../cluster/program.js';
import { showRun } from '../report/show-run.js';
import { writeReport } from '../report/write-report.js';
import type { Scenario } from '../scenario.js';
import { runScenario, type RunResult } from './run-scenario.js';

export interface RunAllOptions {
  readonly program: Program;
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
  /** At a time. */
  readonly jobs: number;
}

/** In the order given. The program is removed. */
export async function runAll(chosen: readonly Scenario[], { program, seed, directory, keep, jobs }: RunAllOptions): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const waiting = [...chosen.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, scenario] = next;
      const folder = chosen.some((it, at) => at < i && it.name === scenario.name) ? `${scenario.name}-${i}` : scenario.name;
      console.log(`${scenario.name}  (seed ${seed + i}, ${join(directory, folder)})`);
      let stopShowing = (): void => undefined;
      const show = showRun(jobs > 1 ? scenario.name : undefined);
      const result = await runScenario(scenario, { program, seed: seed + i, directory: join(directory, folder), keep, onWorld: (world) => (stopShowing = show(world)) });
      stopShowing();
      results.push({ ...result, folder });
      tell(result);
      writeReport(directory, results);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    program.remove();
  }
  return results;
}

function tell({ scenario, leftOut, violations, voids, seconds, faults }: RunResult): void {
  if (leftOut !== undefined) console.log(`  ${scenario} left out: ${leftOut}`);
  for (const it of violations) console.log(`  VIOLATION ${it}`);
  for (const it of voids) console.log(`  VOID ${it}`);
  console.log(`  ${violations.length + voids.length === 0 ? 'ok' : 'FAILED'}: ${scenario} after ${seconds.toFixed(0)} s, ${faults} faults`);
}

/** Prints the last line; the exit code is 1 when anything was violated or void. */
export function conclude(results: readonly RunResult[], directory: string): number {
  const { violations, voids, faults } = totals(results);
  console.log(`report: ${join(directory, 'report.md')}`);
  console.log(`${results.length} scenarios, ${faults} faults, ${violations} violations, ${voids} void`);
  return violations + voids === 0 ? 0 : 1;
}

export function totals(results: readonly RunResult[]): { readonly violations: number; readonly voids: number; readonly faults: number } {
  const sum = (of: (it: RunResult) => number): number => results.reduce((total, it) => total + of(it), 0);
  return { violations: sum((it) => it.violations.length), voids: sum((it) => it.voids.length), faults: sum((it) => it.faults) };
}
