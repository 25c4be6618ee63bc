/**
 * Writer and committer of a sink in one operator. What the writer prepared at checkpoint n is pending until n, or a later one, has completed;
 * pending committables are union list state, so that after a restore every subtask knows all of them (D7).
 *
 * K5: commits run one after the other, in the order of checkpoints. K6: a committable leaves the pending list only when it is committed.
 */
import { isWeirError, toError } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { SinkCommitter, SinkWriter } from '@weir/connector';
import type { OperatorSpec } from '@weir/graph';
import { stateDescriptor, type ListState } from '@weir/state';
import { types } from '@weir/types';
import { CommitFailedError, ConnectorStateVersionError } from '../errors.js';
import type { Input, OperatorCounters, OperatorSnapshotRequest, RecordContext, StreamOperator } from './operator.js';
import type { OperatorContext } from './operator-context.js';

interface Pending {
  readonly checkpointId: number;
  readonly committables: readonly unknown[];
}
interface StoredCommittables {
  readonly version: number;
  readonly committables: readonly unknown[];
}
const COMMITTABLES = '_committables';
const RETRY_DELAY_MS = 100;

/** Hot path. Closed factory (see `specialize`). */
export function sinkInputFactory({ writer, record }: { readonly writer: SinkWriter<unknown, unknown>; readonly record: RecordContext }): Input {
  return {
    collect(value) { writer.write(value, record.timestamp); },
    watermark() {
      // A sink is the end of event time.
    },
    idle() {
      // A sink is the end of event time.
    },
  };
}

export class SinkOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters = { recordsOut: () => 0 };
  private pending: Pending[] = [];
  /** Prepares and commits, one after the other. */
  private preparing: Promise<void> = Promise.resolve();
  private committing: Promise<void> = Promise.resolve();
  private closed = false;
  private endDelay: () => void = () => undefined;
  private readonly stored: ListState<StoredCommittables>;

  constructor(
    private readonly sink: (OperatorSpec & { kind: 'sink' })['sink'],
    private readonly writer: SinkWriter<unknown, unknown>,
    private readonly committer: SinkCommitter<unknown> | undefined,
    private readonly context: OperatorContext,
    private readonly commitRetries: number,
    input: Input,
  ) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.inputs = [input];
    this.stored = context.lists.list(stateDescriptor.list<StoredCommittables>(COMMITTABLES, types.generic<StoredCommittables>()), 'union');
  }

  async open(): Promise<void> {
    if (this.committer === undefined) return;
    const restored = this.stored.get();
    for (const { version } of restored) {
      if (version !== this.sink.stateVersion) throw new ConnectorStateVersionError(this.name, version, this.sink.stateVersion);
    }
    this.stored.clear();
    await this.committer.recover(restored.flatMap((stored) => stored.committables));
  }

  snapshot({ checkpointId }: OperatorSnapshotRequest): Promise<OperatorSnapshot> {
    const prepared = this.writer.prepareCommit(checkpointId);
    prepared.catch(() => undefined); // heard below, perhaps only after an earlier checkpoint's: no rejection is unhandled until then
    const done = this.preparing.then(async () => {
      const committables = await prepared;
      if (this.committer !== undefined && committables.length > 0) this.pending.push({ checkpointId, committables });
    });
    this.preparing = done.catch(() => undefined);
    return done.then(() => {
      const all = this.pending.filter((p) => p.checkpointId <= checkpointId).flatMap((p) => p.committables);
      this.stored.update(all.length === 0 ? [] : [{ version: this.sink.stateVersion, committables: all }]);
      return { operatorId: this.operatorId, lists: this.context.lists.snapshot() };
    });
  }

  checkpointComplete(checkpointId: number): Promise<void> {
    this.committing = this.committing.then(() => this.preparing).then(() => this.commitThrough(checkpointId));
    return this.committing;
  }

  private async commitThrough(checkpointId: number): Promise<void> {
    const due = this.pending.filter((p) => p.checkpointId <= checkpointId);
    for (const pending of due) {
      if (!(await this.commitWithRetries(pending))) return;
      this.pending = this.pending.filter((p) => p !== pending);
    }
  }

  /** False when the operator was closed meanwhile: what is left is committed by the next attempt, and by nobody at the same time. */
  private async commitWithRetries(pending: Pending): Promise<boolean> {
    for (let attempt = 1; !this.closed; attempt++) {
      try {
        await (this.committer as SinkCommitter<unknown>).commit(pending.committables);
        return true;
      } catch (thrown) {
        const error = toError(thrown);
        if (isWeirError(error) && error.retry === 'never') throw error;
        if (attempt > this.commitRetries) throw new CommitFailedError(this.name, pending.checkpointId, attempt, error);
        this.context.services.logger.log('warn', 'commit failed, trying again', { sink: this.name, checkpointId: pending.checkpointId, attempt, error: error.message });
        await this.delay(RETRY_DELAY_MS * attempt);
      }
    }
    return false;
  }
  private delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.context.services.timers.after(ms, resolve);
      this.endDelay = () => {
        cancel();
        resolve();
      };
    });
  }

  backlog(): Promise<void> | undefined {
    return this.writer.backlog();
  }
  finish(): void {
    this.writer.endOfInput?.();
  }
  async close(): Promise<void> {
    this.closed = true;
    this.endDelay();
    await Promise.allSettled([this.preparing, this.committing]); // their failures were reported where they were awaited
    await this.writer.close();
    await this.committer?.close();
  }
}
