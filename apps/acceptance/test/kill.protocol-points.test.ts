/** `kill -9` around the steps of a checkpoint: staged, acknowledged in part, complete and not committed, committed in part, told. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { completedCheckpoints, incompleteCheckpoints } from './support/checkpoints.js';
import { MainJob } from './support/main-job.js';
import { committedFiles, uncommittedFiles } from './support/output.js';
import { writeFlights } from './support/oracle.js';
import { flightsFile, type WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(120_000);

/** What is there when a life begins; the first begins with nothing. */
interface Baseline {
  readonly completed: number;
  readonly committed: number;
  readonly files: ReadonlySet<string>;
}

const nothing: Baseline = { completed: 0, committed: 0, files: new Set() };

describe('given the main job at parallelism 2 with a checkpoint every 100 ms', () => {
  const workspace = new Workspace();
  const job = new MainJob(workspace, 'killed', ['-p', '2', '-D', 'execution.checkpointing.interval=100ms'], workspace.file('million.parquet'));
  beforeAll(async () => {
    await writeFlights(flightsFile, workspace.file('million.parquet'), 1_000_000);
    await job.undisturbed();
  });
  afterEach(() => job.killAll());
  afterAll(() => workspace.remove());

  const points: [string, (before: Baseline, process: WeirProcess) => boolean][] = [
    ['a staging file appears', ({ files }) => uncommittedFiles(job.output).some((path) => !files.has(path))],
    ['a checkpoint has begun and is not complete', ({ files }) => incompleteCheckpoints(job.checkpoints).some((path) => !files.has(path))],
    ['the metadata of a checkpoint appear', ({ completed }) => completedCheckpoints(job.checkpoints).length > completed],
    ['the first file of a checkpoint is committed', ({ committed }) => committedFiles(job.output).length > committed],
    ['a checkpoint is reported as completed', (_, process) => process.out.includes('"type":"checkpoint-completed"')],
    ['the second checkpoint of a life is reported as completed', (_, process) => process.out.split('"type":"checkpoint-completed"').length > 2],
  ];

  it.each(points)('when it is killed as %s / then what is committed is part of the undisturbed output, and --resume completes it', async (_, reached) => {
    const first = job.start();
    await first.until(() => first.out.includes('"type":"restored"')); // what earlier histories left is gone
    expect(await first.until(() => reached(nothing, first))).toBe(true);
    await first.kill();
    expect(job.problemsSoFar()).toEqual([]);

    // And once more in the life that follows, if it gets there again.
    const before: Baseline = {
      completed: completedCheckpoints(job.checkpoints).length,
      committed: committedFiles(job.output).length,
      files: new Set([...uncommittedFiles(job.output), ...incompleteCheckpoints(job.checkpoints)]),
    };
    const second = job.start('--resume');
    await second.until(() => reached(before, second));
    await second.kill();
    expect(job.problemsSoFar()).toEqual([]);

    await job.finish('--resume');
    expect(job.problemsAtTheEnd()).toEqual([]);
  });
});
