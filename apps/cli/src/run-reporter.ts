/**
 * Tells of a run as it goes: on a terminal a live display, in a pipe plain lines, with --json one object per line. All three see the same
 * events and looks at the job; this file decides only what goes where and how often.
 */
import type { JobEvent, JobResult, JobStatus } from '@weir/cluster';
import type { CliIo } from './io.js';
import { renderEvent, noteLine } from './render/events.js';
import { renderFailure } from './render/error.js';
import { JobSampler } from './render/job-sample.js';
import { LiveDisplay } from './render/live-display.js';
import { renderProgress } from './render/progress.js';
import { renderSummary, skippedRecords, sourceRecords } from './render/summary.js';
import { styleFor, type Style } from './render/text.js';

/** A job to tell of, in this process or in a cluster. */
export interface FollowedJob {
  status(): JobStatus;
  /** The first listener also hears what was before. Returns the end of the subscription. */
  onEvent(listener: (event: JobEvent) => void): () => void;
}

export interface RunReporter {
  note(level: 'info' | 'warn', text: string): void;
  /** Follows the job until `ended` or `left`. */
  follow(job: FollowedJob): void;
  /** `sources`: ids of its source operators. `goOn`: the command that goes on with it, if it did not finish. */
  ended(result: JobResult, sources: ReadonlySet<string>, goOn?: string): void;
  /** The job goes on without being followed. */
  left(): void;
  /** The job's own summary. */
  summary(text: string): void;
}

export function createReporter(io: CliIo, json: boolean): RunReporter {
  if (json) return new JsonReporter(io);
  return io.err.isTerminal && io.environment.TERM !== 'dumb' ? new TerminalReporter(io) : new PlainReporter(io);
}

/** One object per line on `out`; `type` says what it is. The last one has type `result`. */
class JsonReporter implements RunReporter {
  private end: () => void = () => undefined;

  constructor(private readonly io: CliIo) {}

  note(level: 'info' | 'warn', text: string): void {
    this.line({ type: 'note', level, text });
  }

  follow(handle: FollowedJob): void {
    const { jobId, jobName } = handle.status();
    this.line({ type: 'submitted', jobId, jobName });
    const unsubscribe = handle.onEvent((event) => this.line(event));
    const stop = repeat(this.io, 1000, () => this.line({ type: 'progress', status: handle.status() }));
    this.end = () => {
      unsubscribe();
      stop();
    };
  }

  ended(result: JobResult, sources: ReadonlySet<string>): void {
    this.end();
    const { jobId, state, durationMs, status, failure } = result;
    const records = sourceRecords(status, sources);
    this.line({
      type: 'result', jobId, jobName: status.jobName, state, durationMs, records, skippedRecords: skippedRecords(status),
      recordsPerSecond: durationMs === 0 ? 0 : (records * 1000) / durationMs,
      checkpoints: status.checkpoints.completed, restarts: status.restarts,
      ...(failure === undefined ? {} : { failure }),
    });
  }

  left(): void {
    this.end();
  }

  summary(text: string): void {
    this.line({ type: 'summary', text });
  }

  private line(value: object): void {
    this.io.out.write(`${JSON.stringify(value)}\n`);
  }
}

/** Plain lines on `err`; of checkpoints at most one line per second. */
class PlainReporter implements RunReporter {
  protected readonly style: Style;
  private lastCheckpointLineMs = -Infinity;
  protected end: () => void = () => undefined;

  constructor(protected readonly io: CliIo) {
    this.style = styleFor(io.err, io.environment);
  }

  note(level: 'info' | 'warn', text: string): void {
    this.say([noteLine(level, text, this.style)]);
  }

  follow(handle: FollowedJob): void {
    this.started(handle.status());
    this.end = handle.onEvent((event) => this.event(event));
  }

  ended(result: JobResult, sources: ReadonlySet<string>, goOn?: string): void {
    this.end();
    const { workingDirectory } = this.io;
    if (result.failure !== undefined) this.say(renderFailure(result.failure, { style: this.style, workingDirectory }));
    this.say(renderSummary(result, sources, { style: this.style, ...(goOn === undefined ? {} : { goOn }) }));
  }

  left(): void {
    this.end();
  }

  summary(text: string): void {
    this.io.out.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  protected started({ jobName, jobId }: JobStatus): void {
    this.say([`${this.style.bold(jobName)} started (job ${jobId})`]);
  }

  protected event(event: JobEvent): void {
    if (event.type === 'checkpoint-completed') {
      const now = this.io.clock.monotonic();
      if (now - this.lastCheckpointLineMs < 1000) return;
      this.lastCheckpointLineMs = now;
    }
    this.say(renderEvent(event, { style: this.style, workingDirectory: this.io.workingDirectory }));
  }

  protected say(lines: readonly string[]): void {
    if (lines.length > 0) this.io.err.write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** A live display, redrawn four times a second; lines of events go above it, checkpoints only into it. */
class TerminalReporter extends PlainReporter {
  private readonly display = new LiveDisplay(this.io.err);

  override follow(handle: FollowedJob): void {
    const sampler = new JobSampler();
    const draw = (): void => {
      const sample = sampler.sample(handle.status(), this.io.clock.now(), this.io.clock.monotonic());
      this.display.update(renderProgress(sample, { columns: this.io.err.columns(), style: this.style }));
    };
    super.follow(handle);
    const unsubscribe = this.end;
    const release = this.io.interceptForeignOutput(() => this.display.erase());
    const stop = repeat(this.io, 250, draw);
    this.end = () => {
      unsubscribe();
      stop();
      draw(); // the last state stays on the screen
      this.display.leave();
      release();
    };
  }

  protected override event(event: JobEvent): void {
    if (event.type !== 'checkpoint-completed') super.event(event);
  }

  protected override say(lines: readonly string[]): void {
    if (lines.length > 0) this.display.erase();
    super.say(lines);
  }
}

function repeat(io: CliIo, periodMs: number, work: () => void): () => void {
  let cancel = (): void => undefined;
  const arm = (): void => {
    cancel = io.timers.after(periodMs, () => {
      work();
      arm();
    });
  };
  arm();
  return () => cancel();
}
