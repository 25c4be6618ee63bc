/**
 * `kill -9` at random moments, and the same command with `--resume` after each. Invariants: at any time the files under final names hold
 * whole lines of the undisturbed output, none twice; at the end they hold all of it, and nothing else is there.
 */
import { symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MainJob } from './support/main-job.js';
import { writeFlights } from './support/oracle.js';
import { SeededNumbers } from './support/seed.js';
import { flightsFile } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(150_000);

describe.each([
  { parallelism: 1, kills: 10, flights: 3_000_000 },
  { parallelism: 2, kills: 5, flights: 1_000_000 },
])('given the main job over $flights flights at parallelism $parallelism with a checkpoint every 200 ms', ({ parallelism, kills, flights }) => {
  const workspace = new Workspace();
  const numbers = new SeededNumbers();
  const job = new MainJob(workspace, 'killed', ['-p', String(parallelism), '-D', 'execution.checkpointing.interval=200ms'], workspace.file('flights.parquet'));
  let durationMs = 0;
  beforeAll(async () => {
    if (flights === 3_000_000) symlinkSync(flightsFile, workspace.file('flights.parquet'));
    else await writeFlights(flightsFile, workspace.file('flights.parquet'), flights);
    durationMs = await job.undisturbed();
  });
  afterAll(() => workspace.remove());

  it(`when it is killed ${kills} times at random and resumed each time / then its output is that of the undisturbed run`, async () => {
    const story: string[] = [];
    let resume: string[] = [];
    for (let killed = 0; killed < kills; ) {
      const atMs = Math.round(numbers.between(0, durationMs));
      const { code, out } = await job.startAndKill(atMs, ...resume);
      const restored = /"type":"restored","checkpointId":(\d+)/.exec(out)?.[1];
      story.push(`${code === null ? `killed after ${atMs} ms` : 'finished'}${restored === undefined ? '' : ` (had restored ${restored})`}, ${job.committedCount()} lines committed`);
      if (code === null) {
        killed++;
        expect({ story, problems: job.problemsSoFar() }).toEqual({ story, problems: [] });
        resume = ['--resume'];
      } else {
        // It was faster than the kill: another life begins from nothing.
        expect(code).toBe(0);
        expect({ story, problems: job.problemsAtTheEnd() }).toEqual({ story, problems: [] });
        resume = [];
      }
    }
    await job.finish('--resume');
    console.log(`seed ${numbers.seed}, ${parallelism} subtasks, undisturbed in ${durationMs} ms:\n  ${story.join('\n  ')}`);
    expect({ story, problems: job.problemsAtTheEnd() }).toEqual({ story, problems: [] });
  });
});
