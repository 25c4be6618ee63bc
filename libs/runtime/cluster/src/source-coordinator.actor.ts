/**
 * The SourceCoordinator: runs the SplitEnumerator of one source operator. The enumerator owns which splits exist and who gets them; the
 * coordinator owns who is there, what was assigned since which checkpoint, and the order of messages to the readers' tasks.
 *
 *  C1  cut rule: the enumerator's snapshot and the `trigger-checkpoint` messages to all its tasks happen in one turn, on the same FIFO
 *      links as `assign-splits`; so a split is either in the enumerator's snapshot as unassigned, or its assignment arrives before the trigger;
 *  C2  reports of an attempt that is not current are dropped and counted;
 *  C3  a replaced enumerator's promises and timers reach nobody (`generation`);
 *  C4  splits are assigned to registered readers only, so that none is sent to a dead one and lost.
 */
import type { Actor, ActorAddress, ActorContext } from '@weir/actor';
import { assert, assertNever, attemptKey, type ExecutionAttemptId, failureInfo, type OperatorId } from '@weir/base';
import type { SourceCoordinatorSnapshot } from '@weir/checkpoint';
import type { ConnectorServices, EnumeratorContext, Source, SourceSplit, SplitEnumerator } from '@weir/connector';
import type { TaskMessage } from '@weir/task';
import { decodeMessage, encodeMessage } from '@weir/types';
import { SourceStateVersionError } from './errors.js';
import type { DeployedReader, SourceCoordinatorMessage, SourceCoordinatorReport, SourceCoordinatorTurn } from './source-coordinator.protocol.js';
import { SplitAssignmentTracker } from './split-assignment-tracker.js';

export interface SourceCoordinatorOptions {
  readonly operatorId: OperatorId;
  readonly source: Source<unknown>;
  readonly parallelism: number;
  readonly jobMaster: ActorAddress;
  readonly services: ConnectorServices;
}

type Message = SourceCoordinatorMessage | SourceCoordinatorTurn;

export class SourceCoordinatorActor implements Actor<Message> {
  private enumerator: SplitEnumerator<SourceSplit, unknown> | undefined;
  private generation = 0;
  private readonly tracker = new SplitAssignmentTracker<SourceSplit>();
  private readonly readers = new Map<number, DeployedReader>();
  private readonly registered = new Set<number>();
  private lastWork = '';
  /** Reports of dead attempts (C2). */
  staleReports = 0;

  constructor(private readonly options: SourceCoordinatorOptions) {}

  receive(message: Message, context: ActorContext<Message>): void {
    if (message.type === 'take-snapshot') this.takeSnapshot(message, context);
    else this.guarded(() => this.handle(message, context), context);
    this.reportWork(context);
  }

  stopped(): void {
    this.closeEnumerator();
  }

  private handle(message: Exclude<Message, { type: 'take-snapshot' }>, context: ActorContext<Message>): void {
    switch (message.type) {
      case 'reset-source':
        this.resetSource(message.snapshot, context);
        return;
      case 'reset-subtasks':
        for (const subtaskIndex of message.subtasks) {
          const lost = this.tracker.takeAssignedAfter(subtaskIndex, message.checkpointId);
          if (lost.length > 0) this.enumerator?.addSplitsBack(lost, subtaskIndex);
        }
        return;
      case 'readers-deployed':
        for (const reader of message.readers) this.readers.set(reader.attempt.subtaskIndex, reader);
        return;
      case 'readers-stopping':
        for (const subtaskIndex of message.subtasks) {
          this.readers.delete(subtaskIndex);
          this.registered.delete(subtaskIndex);
        }
        return;
      case 'register-reader':
        if (!this.isCurrent(message.attempt) || this.registered.has(message.attempt.subtaskIndex)) return;
        this.registered.add(message.attempt.subtaskIndex);
        this.enumerator?.addReader(message.attempt.subtaskIndex);
        return;
      case 'request-split':
        if (this.isCurrent(message.attempt) && this.registered.has(message.attempt.subtaskIndex)) this.enumerator?.handleSplitRequest(message.attempt.subtaskIndex);
        return;
      case 'drain':
        for (const reader of this.readers.values()) this.tell(reader, { type: 'drain' }, context);
        return;
      case 'checkpoint-complete':
        this.tracker.checkpointCompleted(message.checkpointId);
        return;
      case 'async-done':
        if (message.generation === this.generation) message.deliver(); // C3
        return;
      case 'period-over':
        if (message.generation === this.generation) message.run();
        return;
      case 'close':
        this.closeEnumerator();
        return;
      default:
        assertNever(message, 'source coordinator message');
    }
  }

  private resetSource(snapshot: SourceCoordinatorSnapshot | undefined, context: ActorContext<Message>): void {
    this.closeEnumerator();
    this.tracker.clear();
    this.readers.clear();
    this.registered.clear();
    const { source, operatorId } = this.options;
    if (snapshot !== undefined && snapshot.stateVersion !== source.stateVersion) {
      throw new SourceStateVersionError({ operatorId, found: snapshot.stateVersion, expected: source.stateVersion });
    }
    this.enumerator = source.createEnumerator(this.enumeratorContext(context), snapshot === undefined ? undefined : decodeMessage(snapshot.bytes));
    this.enumerator.start();
  }

  /** C1. */
  private takeSnapshot({ checkpointId, timestampMs, suspend, aligned }: Extract<Message, { type: 'take-snapshot' }>, context: ActorContext<Message>): void {
    const { operatorId, source } = this.options;
    try {
      assert(this.enumerator !== undefined, `source ${operatorId} has no enumerator at checkpoint ${checkpointId}`);
      const snapshot: SourceCoordinatorSnapshot = {
        operatorId, stateVersion: source.stateVersion, bytes: encodeMessage(this.enumerator.snapshotState(checkpointId)),
      };
      this.tracker.snapshot(checkpointId);
      for (const reader of this.readers.values()) this.tell(reader, { type: 'trigger-checkpoint', checkpointId, timestampMs, suspend, aligned }, context);
      this.report({ type: 'coordinator-snapshotted', checkpointId, snapshot }, context);
    } catch (thrown) {
      this.report({ type: 'coordinator-declined', checkpointId, operatorId, failure: failureInfo(thrown) }, context);
    }
  }

  private enumeratorContext(context: ActorContext<Message>): EnumeratorContext<SourceSplit> {
    const generation = ++this.generation;
    const { services, operatorId, parallelism } = this.options;
    const ifCurrent = (act: () => void): void => {
      if (generation === this.generation) act(); // C3
    };
    const runAsync = <R>(work: () => Promise<R>, done: (outcome: R) => void): void => ifCurrent(() => {
      context.pipe<R>(
        Promise.resolve().then(work),
        (outcome) => ({ type: 'async-done', generation, deliver: () => done(outcome) }),
        (error) => ({ type: 'async-done', generation, deliver: () => { throw error; } }),
      );
    });
    const runPeriodically = <R>(periodMs: number, work: () => Promise<R>, done: (outcome: R) => void): void => {
      const run = (): void => runAsync(work, (outcome) => {
        done(outcome);
        context.timers.after(periodMs, { type: 'period-over', generation, run });
      });
      ifCurrent(() => context.timers.after(periodMs, { type: 'period-over', generation, run }));
    };
    return {
      ...services,
      parallelism,
      registeredReaders: () => [...this.registered].sort((a, b) => a - b),
      assignSplits: (assignments) => ifCurrent(() => {
        for (const [subtaskIndex, splits] of assignments) this.assign(subtaskIndex, splits, context);
      }),
      signalNoMoreSplits: (subtaskIndex) => ifCurrent(() => {
        if (this.registered.has(subtaskIndex)) this.tell(this.readers.get(subtaskIndex) as DeployedReader, { type: 'no-more-splits', operatorId }, context);
      }),
      runAsync,
      runPeriodically,
      fail: (error) => ifCurrent(() => this.report({ type: 'source-failed', operatorId, failure: failureInfo(error) }, context)),
    };
  }

  private assign(subtaskIndex: number, splits: readonly SourceSplit[], context: ActorContext<Message>): void {
    assert(this.registered.has(subtaskIndex), `splits for subtask ${subtaskIndex} of source ${this.options.operatorId}, which is not registered`); // C4
    this.tracker.assigned(subtaskIndex, splits);
    this.tell(this.readers.get(subtaskIndex) as DeployedReader, { type: 'assign-splits', operatorId: this.options.operatorId, splits: [...splits] }, context);
  }

  private isCurrent(attempt: ExecutionAttemptId): boolean {
    const reader = this.readers.get(attempt.subtaskIndex);
    const current = reader !== undefined && attemptKey(reader.attempt) === attemptKey(attempt);
    if (!current) this.staleReports++;
    return current;
  }

  private reportWork(context: ActorContext<Message>): void {
    this.guarded(() => {
      const work = this.enumerator?.work?.();
      if (work === undefined || this.lastWork === `${work.total}/${work.unassigned}`) return;
      this.lastWork = `${work.total}/${work.unassigned}`;
      this.report({ type: 'source-work', operatorId: this.options.operatorId, total: work.total, unassigned: work.unassigned }, context);
    }, context);
  }

  private guarded(act: () => void, context: ActorContext<Message>): void {
    try {
      act();
    } catch (thrown) {
      this.report({ type: 'source-failed', operatorId: this.options.operatorId, failure: failureInfo(thrown) }, context);
    }
  }

  private closeEnumerator(): void {
    this.generation++;
    const { enumerator } = this;
    this.enumerator = undefined;
    enumerator?.close();
  }

  private tell(reader: DeployedReader, message: TaskMessage, context: ActorContext<Message>): void {
    context.refFor<TaskMessage>(reader.address).tell(message);
  }

  private report(report: SourceCoordinatorReport, context: ActorContext<Message>): void {
    context.refFor<SourceCoordinatorReport>(this.options.jobMaster).tell(report);
  }
}
