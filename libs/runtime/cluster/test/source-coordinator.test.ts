/**
 * Model: readers that hold splits, take snapshots when they are triggered, die and come back with what their snapshot held. Against it the
 * real coordinator with a real enumerator, over links that are FIFO per pair and otherwise late.
 *
 * Invariant after each run: every split is held by exactly one living reader, or is still to be handed out; none twice, none lost.
 */
import { describe, expect, it } from '@jest/globals';
import type { ActorContext } from '@weir/actor';
import { type ExecutionAttemptId, leaderEpoch, operatorId, vertexId } from '@weir/base';
import type { EnumeratorContext, Source, SourceSplit, SplitEnumerator } from '@weir/connector';
import { ManualClock, ManualTimers, MemoryFileStore, SeededRandom, silentLogger } from '@weir/ports';
import type { TaskMessage } from '@weir/task';
import { decodeMessage, encodeMessage } from '@weir/types';
import fc from 'fast-check';
import { SourceCoordinatorActor } from '../src/source-coordinator.actor.js';
import type { SourceCoordinatorMessage, SourceCoordinatorReport } from '../src/source-coordinator.protocol.js';
import { hex } from './support/scheduler-rig.js';

const OPERATOR = operatorId(hex('c'));
const SPLITS = 12;
const PARALLELISM = 3;

/** Hands out one split per request, in order. */
class QueueEnumerator implements SplitEnumerator<SourceSplit, string[]> {
  constructor(private readonly context: EnumeratorContext<SourceSplit>, private readonly waiting: string[]) {}
  start(): void {}
  addReader(): void {}
  handleSplitRequest(subtaskIndex: number): void {
    const splitId = this.waiting.shift();
    if (splitId === undefined) this.context.signalNoMoreSplits(subtaskIndex);
    else this.context.assignSplits(new Map([[subtaskIndex, [{ splitId }]]]));
  }
  addSplitsBack(splits: readonly SourceSplit[]): void {
    this.waiting.unshift(...splits.map(({ splitId }) => splitId));
  }
  snapshotState(): string[] {
    return [...this.waiting];
  }
  work(): { total: number; unassigned: number } {
    return { total: SPLITS, unassigned: this.waiting.length };
  }
  close(): void {}
}

const source = {
  description: 'queue', boundedness: 'bounded', stateVersion: 1,
  createEnumerator: (context: EnumeratorContext<SourceSplit>, restored: unknown) =>
    new QueueEnumerator(context, (restored as string[] | undefined) ?? Array.from({ length: SPLITS }, (_, i) => `s${i}`)),
  createReader: () => { throw new Error('no reader in this test'); },
} as unknown as Source<unknown>;

interface Reader {
  attempt: ExecutionAttemptId;
  held: string[];
  inbox: TaskMessage[];
}

class Model {
  readonly readers: Reader[] = [];
  readonly reports: SourceCoordinatorReport[] = [];
  /** By checkpoint: what each reader held at its trigger. */
  readonly snapshots = new Map<number, (string[] | undefined)[]>();
  completed: number | undefined;
  private nextCheckpoint = 1;
  private readonly coordinator: SourceCoordinatorActor;
  private readonly context: ActorContext<unknown>;

  constructor() {
    const clock = new ManualClock();
    const services = { files: new MemoryFileStore(clock), clock, timers: new ManualTimers(clock), random: new SeededRandom(1), logger: silentLogger };
    this.coordinator = new SourceCoordinatorActor({ operatorId: OPERATOR, source, parallelism: PARALLELISM, jobMaster: 'jm/job/x', services });
    this.context = { refFor: (address: string) => ({ address, tell: (message: unknown) => this.deliver(address, message) }) } as unknown as ActorContext<unknown>;
    this.tell({ type: 'reset-source', snapshot: undefined });
    for (let i = 0; i < PARALLELISM; i++) this.readers.push({ attempt: this.attemptOf(i, 0), held: [], inbox: [] });
    this.deploy(this.readers);
  }

  tell(message: SourceCoordinatorMessage): void {
    this.coordinator.receive(message, this.context as never);
  }

  request(index: number): void {
    this.tell({ type: 'request-split', attempt: this.readers[index].attempt, operatorId: OPERATOR });
  }

  /** The reader handles its oldest message. */
  handleOne(index: number): void {
    const reader = this.readers[index];
    const message = reader.inbox.shift();
    if (message?.type === 'assign-splits') reader.held.push(...message.splits.map((split) => (split as SourceSplit).splitId));
    if (message?.type === 'trigger-checkpoint') {
      const snapshot = this.snapshots.get(message.checkpointId);
      if (snapshot !== undefined) snapshot[index] = [...reader.held];
    }
  }

  checkpoint(): void {
    const checkpointId = this.nextCheckpoint++;
    this.snapshots.set(checkpointId, Array.from({ length: PARALLELISM }, () => undefined));
    this.tell({ type: 'take-snapshot', checkpointId, timestampMs: 0, suspend: false, aligned: false });
  }

  /** The newest checkpoint that all readers have acknowledged completes. */
  complete(): void {
    const done = [...this.snapshots].filter(([id, held]) => id > (this.completed ?? 0) && held.every((one) => one !== undefined)).map(([id]) => id);
    if (done.length === 0) return;
    this.completed = Math.max(...done);
    this.tell({ type: 'checkpoint-complete', checkpointId: this.completed });
  }

  fail(indexes: readonly number[]): void {
    for (const id of [...this.snapshots.keys()]) if (id > (this.completed ?? 0)) this.snapshots.delete(id); // aborted
    const held = this.completed === undefined ? undefined : this.snapshots.get(this.completed);
    this.tell({ type: 'readers-stopping', subtasks: indexes });
    for (const index of indexes) this.request(index); // a late report of the dead attempt
    if (indexes.length === PARALLELISM) this.tell({ type: 'reset-source', snapshot: this.completed === undefined ? undefined : this.enumeratorSnapshot(this.completed) });
    else this.tell({ type: 'reset-subtasks', subtasks: indexes, checkpointId: this.completed });
    for (const index of indexes) {
      const reader = this.readers[index];
      this.readers[index] = { attempt: this.attemptOf(index, reader.attempt.attempt + 1), held: [...(held?.[index] ?? [])], inbox: [] };
    }
    this.deploy(indexes.map((index) => this.readers[index]));
  }

  /** Everybody reads on until nothing is left. */
  drain(): string[] {
    for (let round = 0; round < 3 * SPLITS; round++) {
      this.readers.forEach((reader, index) => {
        this.request(index);
        while (reader.inbox.length > 0) this.handleOne(index);
      });
    }
    return this.readers.flatMap(({ held }) => held);
  }

  private deploy(readers: readonly Reader[]): void {
    this.tell({ type: 'readers-deployed', readers: readers.map(({ attempt }) => ({ attempt, address: this.addressOf(attempt) })) });
    for (const { attempt } of readers) this.tell({ type: 'register-reader', attempt, operatorId: OPERATOR });
  }

  private enumeratorSnapshot(checkpointId: number) {
    const report = this.reports.find((one) => one.type === 'coordinator-snapshotted' && one.checkpointId === checkpointId);
    if (report?.type !== 'coordinator-snapshotted') throw new Error(`no snapshot of ${checkpointId}`);
    expect(encodeMessage(decodeMessage(report.snapshot.bytes))).toEqual(report.snapshot.bytes);
    return report.snapshot;
  }

  private attemptOf(subtaskIndex: number, attempt: number): ExecutionAttemptId {
    return { epoch: leaderEpoch(1), attempt, vertexId: vertexId(OPERATOR), subtaskIndex };
  }

  private addressOf({ subtaskIndex, attempt }: ExecutionAttemptId): string {
    return `tm-1/${subtaskIndex}/${attempt}`;
  }

  private deliver(address: string, message: unknown): void {
    if (address === 'jm/job/x') this.reports.push(message as SourceCoordinatorReport);
    else this.readers.find(({ attempt }) => this.addressOf(attempt) === address)?.inbox.push(message as TaskMessage); // a dead address is nobody
  }
}

describe('SourceCoordinator', () => {
  it('given any sequence of assignments, checkpoints and failures / then each split is with exactly one living reader and none is lost', () => {
    const index = fc.nat(PARALLELISM - 1);
    const command = fc.oneof(
      { weight: 4, arbitrary: index.map((i) => (model: Model) => model.request(i)) },
      { weight: 5, arbitrary: index.map((i) => (model: Model) => model.handleOne(i)) },
      { weight: 2, arbitrary: fc.constant((model: Model) => model.checkpoint()) },
      { weight: 2, arbitrary: fc.constant((model: Model) => model.complete()) },
      { weight: 1, arbitrary: fc.uniqueArray(index, { minLength: 1 }).map((some) => (model: Model) => model.fail(some)) },
    );
    fc.assert(fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
      const model = new Model();
      for (const run of commands) run(model);
      expect(model.drain().sort()).toEqual(Array.from({ length: SPLITS }, (_, i) => `s${i}`).sort());
      expect(model.reports.filter(({ type }) => type === 'source-failed')).toEqual([]);
    }), { numRuns: 500 });
  });

  it('given state of another version / then the source fails by code', () => {
    const model = new Model();
    model.tell({ type: 'reset-source', snapshot: { operatorId: OPERATOR, stateVersion: 9, bytes: encodeMessage([]) } });
    expect(model.reports.at(-1)).toMatchObject({ type: 'source-failed', failure: { code: 'WEIR_SOURCE_STATE_VERSION', retry: 'never' } });
  });
});
