/** A sink that fails at each step between the last record of a checkpoint and its commit, once each. */
import type { Sink, SinkCommitter, SinkContext, SinkHistoryContext, SinkHistoryReport, SinkWriter } from '@weir/connector';
import type { Fault } from './fault.js';

export interface SinkFaults {
  /** In `prepareCommit`, before anything is prepared. */
  readonly prepare: Fault | undefined;
  /** In `prepareCommit`, when all is prepared and durable: no checkpoint will ever name it. */
  readonly unacknowledged: Fault | undefined;
  /** Between preparing and commit: at the next turn of the task after something was prepared; when the commit is faster, at its beginning. */
  readonly prepared: Fault | undefined;
  /** In `commit`, before anything is visible. */
  readonly beforeCommit: Fault | undefined;
  /** In `commit`, when everything is visible: the runtime does not know it. */
  readonly afterCommit: Fault | undefined;
  /** In `recover` after a restart. */
  readonly recover: Fault | undefined;
}

export class FaultySink<T, C> implements Sink<T, C> {
  readonly description: string;
  readonly stateVersion: number;
  readonly guarantee: Sink<T>['guarantee'];

  constructor(private readonly sink: Required<Pick<Sink<T, C>, 'createCommitter' | 'beginHistory'>> & Sink<T, C>, private readonly faults: SinkFaults) {
    this.description = `faulty ${sink.description}`;
    this.stateVersion = sink.stateVersion;
    this.guarantee = sink.guarantee;
  }

  beginHistory(context: SinkHistoryContext): Promise<SinkHistoryReport> {
    return this.sink.beginHistory(context);
  }

  createWriter(context: SinkContext): SinkWriter<T, C> {
    return new FaultyWriter(this.sink.createWriter(context), this.faults);
  }

  createCommitter(context: SinkContext): SinkCommitter<C> {
    return new FaultyCommitter(this.sink.createCommitter(context), isRestart(context), this.faults);
  }
}

class FaultyWriter<T, C> implements SinkWriter<T, C> {
  private hasPrepared = false;

  constructor(private readonly writer: SinkWriter<T, C>, private readonly faults: SinkFaults) {}

  write(value: T, timestamp: number): void {
    this.writer.write(value, timestamp);
  }

  backlog(): Promise<void> | undefined {
    if (this.hasPrepared) this.faults.prepared?.strike();
    return this.writer.backlog();
  }

  async prepareCommit(checkpointId: number): Promise<readonly C[]> {
    if (checkpointId > 1) this.faults.prepare?.strike();
    const committables = await this.writer.prepareCommit(checkpointId);
    if (committables.length > 0) {
      this.faults.unacknowledged?.strike();
      this.hasPrepared = true;
    }
    return committables;
  }

  endOfInput(): void {
    this.writer.endOfInput?.();
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}

class FaultyCommitter<C> implements SinkCommitter<C> {
  constructor(private readonly committer: SinkCommitter<C>, private readonly restarted: boolean, private readonly faults: SinkFaults) {}

  async recover(restored: readonly C[]): Promise<void> {
    if (this.restarted) this.faults.recover?.strike();
    await this.committer.recover(restored);
  }

  async commit(committables: readonly C[]): Promise<void> {
    if (committables.length > 0) {
      this.faults.prepared?.strike();
      this.faults.beforeCommit?.strike();
    }
    await this.committer.commit(committables);
    if (committables.length > 0) this.faults.afterCommit?.strike();
  }

  close(): Promise<void> {
    return this.committer.close();
  }
}

/** An attempt is `<epoch>.<attempt>`, both of which rise. */
function isRestart({ attempt }: SinkContext): boolean {
  return !attempt.endsWith('.0');
}
