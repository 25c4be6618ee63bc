/** Runs scenarios one after the other, shows them, and sums them up. */
import type { Program } from '../cluster/program.js';
import type { Scenario } from '../scenario.js';
import { join } from 'node:path';
import { writeReport } from '../report/write-report.js';
import { runScenario, type RunResult } from './run-scenario.js';
import { showRun } from '../report/show-run.js';

export interface RunAllOptions {
  readonly program: Program;
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
}

/** The exit code: 1 when anything was violated or void. The program is removed. */
export async function runAll(chosen: readonly Scenario[], { program, seed, directory, keep }: RunAllOptions): Promise<number> {
  const results: RunResult[] = [];
  try {
    for (const [i, scenario] of chosen.entries()) {
      const folder = join(directory, chosen.filter((it, at) => at < i && it.name === scenario.name).length === 0 ? scenario.name : `${scenario.name}-${i}`);
      console.log(`${scenario.name}  (seed ${seed + i}, ${folder})`);
      let stopShowing = (): void => undefined;
      const result = await runScenario(scenario, { program, seed: seed + i, directory: folder, keep, onWorld: (world) => (stopShowing = showRun(world)) });
      stopShowing();
      results.push(result);
      if (result.leftOut !== undefined) console.log(`  left out: ${result.leftOut}`);
      for (const it of result.violations) console.log(`  VIOLATION ${it}`);
      for (const it of result.voids) console.log(`  VOID ${it}`);
      console.log(`  ${result.violations.length + result.voids.length === 0 ? 'ok' : 'FAILED'} after ${result.seconds.toFixed(0)} s, ${result.faults} faults`);
      writeReport(directory, results);
    }
  } finally {
    program.remove();
  }
  const [violations, voids, faults] = totals(results);
  console.log(`report: ${join(directory, 'report.md')}`);
  console.log(`${results.length} scenarios, ${faults} faults, ${violations} violations, ${voids} void`);
  return violations + voids === 0 ? 0 : 1;
}

export function totals(results: readonly RunResult[]): readonly [violations: number, voids: number, faults: number] {
  const sum = (of: (it: RunResult) => number): number => results.reduce((total, it) => total + of(it), 0);
  return [sum((it) => it.violations.length), sum((it) => it.voids.length), sum((it) => it.faults)];
}
