/**
 * `kill -9` at random moments, and the same command with `--resume` after each. Invariants: at any time the files under final names hold
 * whole lines of the undisturbed output, none twice; at the end they hold all of it, and nothing else is there.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MainJob } from './support/main-job.js';
import { SeededNumbers } from './support/seed.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(150_000);

describe.each([
  { parallelism: 1, kills: 10 },
  { parallelism: 2, kills: 5 },
])('given the main job at parallelism $parallelism with a checkpoint every 200 ms', ({ parallelism, kills }) => {
  const workspace = new Workspace();
  const numbers = new SeededNumbers();
  const job = new MainJob(workspace, 'killed', ['-p', String(parallelism), '-D', 'execution.checkpointing.interval=200ms']);
  let durationMs = 0;
  beforeAll(async () => {
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
