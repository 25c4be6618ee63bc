/**
 * Strategy: attempts of a job over one directory of a `FileSink`: each prepares, completes and commits in any order, is replaced, and may go on
 * afterwards without knowing; renames fail before or after they took effect. (Power cuts after every operation: connector-file's own tests.)
 * Invariants (I9): what a completed checkpoint contains is visible exactly once; what was prepared and not restored never is, and its staging
 * file goes; a commit of what an overtaken attempt was permitted to commit changes nothing that its successor did.
 */
import { expect, it } from '@jest/globals';
import { type FileCommittable, FileSink, textLines } from '@weir/connector-file';
import type { SinkCommitter, SinkWriter } from '@weir/connector';
import { MemoryFileStore } from '@weir/ports';
import fc from 'fast-check';
import { sinkContext } from '../../src/index.js';

const JOB = '0123456789abcdef0123456789abcdef';

interface Attempt {
  readonly writer: SinkWriter<string, FileCommittable>;
  readonly committer: SinkCommitter<FileCommittable>;
  /** Prepared by it, in order, with what each contains. */
  readonly prepared: { readonly text: string; readonly committables: readonly FileCommittable[]; completed: boolean }[];
}
interface Model {
  /** Texts of completed checkpoints. */
  readonly completed: Set<string>;
  records: number;
}
class Job {
  readonly files = new MemoryFileStore();
  readonly attempts: Attempt[] = [];
  /** Committables of the last completed checkpoint of all attempts that were restored from one another. */
  restorable: FileCommittable[] = [];

  constructor(private readonly sink = FileSink.forRowFormat<string>('out', textLines()).build()) {}

  async start(): Promise<void> {
    await this.files.makeDirectory('out');
    const context = sinkContext({ files: this.files, jobId: JOB, attempt: `${this.attempts.length + 1}.0` });
    const committer = this.sink.createCommitter(context);
    await this.retried(() => committer.recover(this.restorable));
    this.attempts.push({ writer: this.sink.createWriter(context), committer, prepared: [] });
  }

  /** As the runtime does: again until it is known. */
  async retried(commit: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await commit();
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'WEIR_FILE_IO' });
      }
    }
  }

  async visible(): Promise<string[]> {
    const texts = await Promise.all((await this.files.list('out')).filter(({ name }) => name.startsWith('part-')).map(({ path }) => this.files.read(path)));
    return texts.map((bytes) => new TextDecoder().decode(bytes).trimEnd()).sort();
  }
}

class Prepare implements fc.AsyncCommand<Model, Job> {
  constructor(private readonly back: number) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, job: Job): Promise<void> {
    const attempt = job.attempts[Math.max(0, job.attempts.length - 1 - this.back)]; // an overtaken one goes on preparing, too
    const text = `r${model.records++}`;
    attempt.writer.write(text, 0);
    attempt.prepared.push({ text, committables: await attempt.writer.prepareCommit(model.records), completed: false });
  }
  toString(): string {
    return `prepare(-${this.back})`;
  }
}

/** Only the newest attempt's checkpoints complete (D5); all that it prepared up to then is in it. */
class Complete implements fc.AsyncCommand<Model, Job> {
  check(): boolean {
    return true;
  }
  run(model: Model, job: Job): Promise<void> {
    for (const prepared of job.attempts[job.attempts.length - 1].prepared) {
      if (prepared.completed) continue;
      prepared.completed = true;
      model.completed.add(prepared.text);
      job.restorable.push(...prepared.committables);
    }
    return Promise.resolve();
  }
  toString(): string {
    return 'complete';
  }
}

class Commit implements fc.AsyncCommand<Model, Job> {
  constructor(private readonly back: number, private readonly faults: readonly boolean[]) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, job: Job): Promise<void> {
    const attempt = job.attempts[Math.max(0, job.attempts.length - 1 - this.back)];
    const due = attempt.prepared.filter(({ completed }) => completed);
    failRenames(job.files, this.faults);
    await job.retried(() => attempt.committer.commit(due.flatMap(({ committables }) => committables)));
    const visible = await job.visible();
    expect(visible).toEqual(expect.arrayContaining(due.map(({ text }) => text)));
    expect([...model.completed]).toEqual(expect.arrayContaining(visible));
  }
  toString(): string {
    return `commit(-${this.back}, ${this.faults.join()})`;
  }
}

class Replace implements fc.AsyncCommand<Model, Job> {
  constructor(private readonly faults: readonly boolean[]) {}
  check(): boolean {
    return true;
  }
  async run(model: Model, job: Job): Promise<void> {
    failRenames(job.files, this.faults);
    await job.start();
    expect(await job.visible()).toEqual([...model.completed].sort());
    expect((await job.files.list('out')).filter(({ name }) => name.startsWith('.'))).toEqual([]);
  }
  toString(): string {
    return `replace(${this.faults.join()})`;
  }
}

/** The first renames fail; true: although they took effect. */
function failRenames(files: MemoryFileStore, applied: readonly boolean[]): void {
  const left = [...applied];
  files.failWhen((operation) => {
    const next = operation === 'rename' ? left.shift() : undefined;
    return next === undefined ? undefined : { failure: 'io', applied: next };
  });
}

it('given attempts that are replaced and go on, and renames with unknown outcomes / then each completed record is visible once and no other', async () => {
  const back = fc.constantFrom(0, 0, 0, 1, 2);
  const faults = fc.array(fc.boolean(), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.commands([back.map((n) => new Prepare(n)), fc.constant(new Complete()), fc.tuple(back, faults).map(([n, f]) => new Commit(n, f)), faults.map((f) => new Replace(f))], { maxCommands: 30 }),
      async (commands) => {
        await fc.asyncModelRun(async () => {
          const real = new Job();
          await real.start();
          return { model: { completed: new Set<string>(), records: 0 }, real };
        }, commands);
      },
    ),
    { numRuns: 400 },
  );
});
