/**
 * The embedded engine under virtual time, with jobs, configurations and faults drawn from a seed, against an interpreter of arrays
 * (`support/engine-run.ts` says what is checked). WEIR_SEED=n runs one seed, WEIR_SEEDS=n that many; the base of fresh seeds is fixed, so
 * that a run in CI is repeatable.
 */
import { describe, expect, it } from '@jest/globals';
import { type EngineRun, type PlantedBug, runEngine } from './support/engine-run.js';

const only = process.env['WEIR_SEED'];
const count = Number(process.env['WEIR_SEEDS'] ?? (only === undefined ? 200 : 1));
const first = Number(only ?? 1);
const TIME_LIMIT_MS = 900_000;

function report(run: EngineRun): string {
  return [
    `seed ${run.seed} failed; replay: WEIR_SEED=${run.seed} node tools/scripts/jest.mjs libs/testing engine.simulation`,
    `  job: ${run.text}`,
    `  faults: ${run.faults.join(', ')}; lives ${run.lives}, restarts ${run.restarts}, checkpoints ${run.checkpoints}, trace ${run.traceHash}`,
    ...run.problems.map((problem) => `  ${problem}`),
  ].join('\n');
}

describe('the engine under faults', () => {
  it('given jobs and faults drawn by seed / when each has ended / then its committed output is exact and nothing is left', async () => {
    const totals = { restarts: 0, resumptions: 0, checkpoints: 0, faults: 0 };
    for (let seed = first; seed < first + count; seed++) {
      const run = await runEngine(seed);
      if (run.problems.length > 0) throw new Error(report(run));
      totals.restarts += run.restarts;
      totals.resumptions += run.lives - 1;
      totals.checkpoints += run.checkpoints;
      totals.faults += run.faults.length;
    }
    if (only !== undefined) return;
    // The faults that were meant to happen did: a net that catches nothing because nothing falls is no net.
    expect(totals.restarts).toBeGreaterThan(count / 4);
    expect(totals.resumptions).toBeGreaterThan(count / 8);
    expect(totals.faults).toBeGreaterThan(count / 4);
    expect(totals.checkpoints).toBeGreaterThan(count);
  }, TIME_LIMIT_MS);

  it('given the same seed twice / then the same trace, to the last event', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [a, b] = [await runEngine(seed), await runEngine(seed)];
      expect({ seed, hash: b.traceHash, steps: b.steps }).toEqual({ seed, hash: a.traceHash, steps: a.steps });
    }
  }, TIME_LIMIT_MS);
});

describe('the net itself', () => {
  // The engine's own cut check (I5) finds the barrier at the wrong place before any output can show it.
  const planted: readonly (readonly [PlantedBug, RegExp])[] = [
    ['commits-when-prepared', /^I4/], ['commits-nothing-on-recovery', /^I[19]/], ['barrier-overtakes-records', /was cut at barrier/], ['source-position-behind', /^I1/],
  ];
  for (const [bug, finding] of planted) {
    it(`given the planted bug "${bug}" / then some of the first seeds find it`, async () => {
      let found: string | undefined;
      for (let seed = 1; seed <= 60 && found === undefined; seed++) found = (await runEngine(seed, { bug })).problems[0];
      expect(found).toMatch(finding);
    }, TIME_LIMIT_MS);
  }
});
