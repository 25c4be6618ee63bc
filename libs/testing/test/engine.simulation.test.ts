import { expect, it } from '@jest/globals';
import { runEngine } from './support/engine-run.js';
const from = Number(process.env['WEIR_SEED'] ?? 1);
const count = Number(process.env['WEIR_SEEDS'] ?? (process.env['WEIR_SEED'] === undefined ? 30 : 1));
it('runs', async () => {
  const t0 = Date.now();
  const bad: string[] = [];
  let steps = 0;
  let restarts = 0, lives = 0, checkpoints = 0;
  for (let seed = from; seed < from + count; seed++) {
    const run = await runEngine(seed);
    steps += run.steps; restarts += run.restarts; lives += run.lives; checkpoints += run.checkpoints;
    if (run.problems.length > 0) bad.push(`seed ${seed} [${run.text}] faults ${run.faults.join(',')} lives ${run.lives}: ${run.problems.join('\n   ').slice(0, count === 1 ? 20000 : 700)}`);
  }
  console.log(`${count} seeds, ${bad.length} bad, ${Date.now() - t0} ms, ${steps} steps, restarts ${restarts}, lives ${lives}, checkpoints ${checkpoints}\n${bad.join('\n')}`);
  expect(bad.length).toBe(0);
}, 600_000);
