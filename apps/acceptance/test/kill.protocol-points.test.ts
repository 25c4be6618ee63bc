/** `kill -9` around the steps of a checkpoint: staged, acknowledged in part, complete and not committed, committed in part, told. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { completedCheckpoints, hasIncompleteCheckpoint } from './support/checkpoints.js';
import { MainJob } from './support/main-job.js';
import { committedFiles, uncommittedFiles } from './support/output.js';
import type { WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(120_000);

interface Baseline {
  readonly completed: number;
  readonly committed: number;
  readonly staged: ReadonlySet<string>;
}

describe('given the main job at parallelism 2 with a checkpoint every 200 ms', () => {
  const workspace = new Workspace();
  const job = new MainJob(workspace, 'killed', ['-p', '2', '-D', 'execution.checkpointing.interval=200ms']);
  beforeAll(async () => {
    await job.undisturbed();
  });
  afterAll(() => workspace.remove());

  const points: [string, (before: Baseline, process: WeirProcess) => boolean][] = [
    ['a staging file appears', ({ staged }) => uncommittedFiles(job.output).some((path) => !staged.has(path))],
    ['a checkpoint has begun and is not complete', () => hasIncompleteCheckpoint(job.checkpoints)],
    ['the metadata of a checkpoint appear', ({ completed }) => completedCheckpoints(job.checkpoints).length > completed],
    ['the first file of a checkpoint is committed', ({ committed }) => committedFiles(job.output).length > committed],
    ['a checkpoint is reported as completed', (_, process) => process.out.includes('"type":"checkpoint-completed"')],
    ['the second checkpoint of a life is reported as completed', (_, process) => process.out.split('"type":"checkpoint-completed"').length > 2],
  ];

  it.each(points)('when it is killed as %s / then what is committed is part of the undisturbed output, and --resume completes it', async (_, reached) => {
    const before: Baseline = { completed: 0, committed: 0, staged: new Set() };
    const first = job.start();
    await first.until(() => first.out.includes('"type":"restored"')); // earlier output is gone
    expect(await first.until(() => reached({ ...before, completed: 0 }, first))).toBe(true);
    await first.kill();
    expect(job.problemsSoFar()).toEqual([]);

    // And once more in the life that follows.
    const then: Baseline = {
      completed: completedCheckpoints(job.checkpoints).length, committed: committedFiles(job.output).length, staged: new Set(uncommittedFiles(job.output)),
    };
    const second = job.start('--resume');
    await second.until(() => reached(then, second));
    await second.kill();
    expect(job.problemsSoFar()).toEqual([]);

    await job.finish('--resume');
    expect(job.problemsAtTheEnd()).toEqual([]);
  });
});
