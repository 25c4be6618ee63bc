/**
 * The actor of one operator instance: life cycle, turns, checkpoints. Protocol and state diagram: `task.protocol.ts`.
 *
 * Owns: its channels, its operator chain, its snapshots until they are acknowledged. The JobMaster owns: when to start, checkpoint, finish.
 * K1: control messages are handled between batches, so a trigger falls between two records. K2: a snapshot captures operators and channel
 * positions in one turn, with no record in between. K3: after a failure or cancellation nothing is emitted, reported or committed any more.
 * K4: a task stops taking input as long as an output waits for credit or a sink wants no more; barriers that overtake do not wait for that.
 * K5: what was in flight in the restored checkpoint is replayed before anything new is taken.
 */
import { assertNever, Configuration, type ExecutionAttemptId, failureInfo, toError } from '@weir/base';
import type { Actor, ActorContext, ActorRef } from '@weir/actor';
import type { JobVertex } from '@weir/graph';
import type { SourceSplit } from '@weir/connector';
import type { Subscription } from '@weir/ports';
import type { SnapshotFormat } from '@weir/state';
import { AlignmentPatience } from './alignment-patience.js';
import type { Barrier } from './channels/frame.js';
import { mayBeOvertaken } from './channels/in-flight-bytes.js';
import type { InputChannel, InputGate } from './channels/input-gate.js';
import type { InputBarrier } from './channels/input-cut.js';
import { InputProcessor } from './channels/input-processor.js';
import type { Replay } from './channels/replay.js';
import { TaskOutputs } from './channels/task-outputs.js';
import type { OperatorChain } from './chain/operator-chain.js';
import { startChain, type StartedChain } from './chain/start-chain.js';
import { BatchSize } from './batch-size.js';
import { ChannelBrokenError } from './errors.js';
import { explainFailure } from './explain-failure.js';
import { RecordContext } from './operators/operator.js';
import type { SourceOperator } from './operators/source-operator.js';
import { type SnapshotOutcome, takeSnapshot } from './subtask-snapshot.js';
import { TaskChannels } from './task-channels.js';
import type { TaskDependencies } from './task-dependencies.js';
import { taskMetrics } from './task-metrics.js';
import { taskOptions } from './task-options.js';
import type { ReaderReport, TaskMessage, TaskReport, TaskState } from './task.protocol.js';
import { ProcessingTimeService } from './time/processing-time.js';
import { TimeAccounting, type WaitReason } from './time-accounting.js';

/** Sent by the task to itself. */
type TaskSelfMessage =
  | { readonly type: 'initialized'; readonly started: StartedChain }
  | { readonly type: 'failed'; readonly error: Error }
  | SnapshotOutcome
  | { readonly type: 'committed'; readonly checkpointId: number; readonly isFinal: boolean; readonly stop: boolean }
  | { readonly type: 'closed'; readonly state: 'finished' | 'canceled' }
  | { readonly type: 'barrier-arrived'; readonly channel: InputChannel; readonly barrier: Barrier }
  | { readonly type: 'alignment-timeout'; readonly checkpointId: number }
  | { readonly type: 'wait-over' }
  | { readonly type: 'processing-time-due' }
  | { readonly type: 'periodic' }
  | { readonly type: 'report' }
  | { readonly type: 'maintain-channels' };

type Context = ActorContext<TaskMessage | TaskSelfMessage>;

const CHANNEL_MAINTENANCE_MS = 500;

export class TaskActor implements Actor<TaskMessage> {
  private state: TaskState = 'created';
  private readonly attempt: ExecutionAttemptId;
  private readonly vertex: JobVertex;
  private readonly record = new RecordContext();
  private readonly configuration: Configuration;
  private readonly time: TimeAccounting;
  private readonly processingTime: ProcessingTimeService;
  private readonly channels: TaskChannels;
  private readonly patience: AlignmentPatience;
  private readonly turnBudgetMs: number;
  private readonly batch: BatchSize;
  private gate: InputGate | undefined;
  private outputs = new TaskOutputs([], 0);
  private chain: OperatorChain | undefined;
  private processor: InputProcessor | undefined;
  /** Undefined when it is over. */
  private replay: Replay | undefined;
  private replayedRecords = 0;
  /** The source was told to end while a replay was going on. */
  private drainWanted = false;
  private disconnects: Subscription | undefined;
  private context: Context | undefined;
  private jobMaster: ActorRef<TaskReport> | undefined;
  private coordinator: ActorRef<ReaderReport> | undefined;
  /** The reader asked for a split while it was being opened. */
  private splitWanted = false;
  /** True while a promise will wake the task (source availability, sink backlog). */
  private waiting = false;
  private sourceEnded = false;
  private snapshotFormat: SnapshotFormat = 'native';
  /** The checkpoint behind which this source emits nothing. */
  private suspendedAt: number | undefined;

  constructor(private readonly dependencies: TaskDependencies) {
    const { deployment, clock, timers } = dependencies;
    this.attempt = deployment.attempt;
    this.vertex = deployment.graph.vertices.find((vertex) => vertex.id === deployment.attempt.vertexId) as JobVertex;
    this.configuration = Configuration.of(deployment.configuration, 'program');
    this.turnBudgetMs = this.configuration.get(taskOptions.turnBudget);
    this.batch = new BatchSize(this.turnBudgetMs, () => this.outputs.partitions.length > 0);
    this.time = new TimeAccounting(clock);
    this.channels = new TaskChannels(dependencies, this.vertex, this.configuration, this.record);
    this.patience = new AlignmentPatience(this.configuration, clock);
    this.processingTime = new ProcessingTimeService(clock, timers, () => this.context?.self.tell({ type: 'processing-time-due' }));
  }

  started(context: ActorContext<TaskMessage>): void {
    const own = context as Context;
    this.context = own;
    const { deployment, data } = this.dependencies;
    this.jobMaster = own.refFor<TaskReport>(deployment.jobMaster as never);
    if (deployment.sourceCoordinator !== undefined) this.coordinator = own.refFor<ReaderReport>(deployment.sourceCoordinator as never);
    // Subscriptions stand before anybody starts, so that no first credit and no first frame is published to nobody.
    this.disconnects = data.onDisconnect(() => this.fail(new ChannelBrokenError('of this task', 'the data connection broke')));
    const events = { wake: () => own.wake(), fail: (error: Error) => this.fail(error) };
    this.gate = this.channels.openGate(events);
    this.outputs = this.channels.openOutputs(events);
  }

  receive(received: TaskMessage, _context: ActorContext<TaskMessage>): void {
    const message = received as TaskMessage | TaskSelfMessage;
    if (this.isOver && message.type !== 'closed') return;
    try {
      this.handle(message);
    } catch (error) {
      this.fail(error);
    }
  }

  private get isOver(): boolean {
    return this.state === 'finished' || this.state === 'canceled' || this.state === 'failed';
  }
  private get isWorking(): boolean {
    return this.state === 'running' || this.state === 'end-of-data';
  }

  private handle(message: TaskMessage | TaskSelfMessage): void {
    switch (message.type) {
      case 'start': this.start(); break;
      case 'initialized': this.begin(message.started); break;
      case 'assign-splits': this.source.addSplits(message.splits as readonly SourceSplit[]); this.stopWaiting(); break;
      case 'no-more-splits': this.source.noMoreSplits(); this.stopWaiting(); break;
      case 'trigger-checkpoint':
        if (!this.isWorking) break;
        if (message.suspend) this.suspendedAt = message.checkpointId;
        this.checkpoint({
          checkpointId: message.checkpointId, timestampMs: message.timestampMs, mode: message.aligned ? 'aligned' : undefined, cut: { positions: [], captured: [] }, alignmentDurationMs: 0,
        });
        break;
      case 'drain':
        if (this.state !== 'running' || this.deferred(message)) break;
        if (this.replay === undefined) this.endSource();
        else this.drainWanted = true;
        break;
      case 'snapshot-format':
        this.snapshotFormat = message.format;
        this.tellJobMaster({ type: 'snapshot-format-set', attempt: this.attempt, format: message.format });
        break;
      case 'checkpoint-complete': this.complete(message.checkpointId, message.isFinal, message.stop); break;
      case 'checkpoint-aborted':
        if (this.suspendedAt === message.checkpointId) {
          this.suspendedAt = undefined;
          (this.context as Context).self.tell({ type: 'processing-time-due' });
        }
        this.processor?.abort(message.checkpointId);
        this.outputs.abandon(message.checkpointId);
        this.chain?.checkpointAborted(message.checkpointId);
        break;
      case 'cancel': this.end('canceled'); break;
      case 'failed': this.fail(message.error); break;
      case 'snapshot-durable':
        this.tellJobMaster({ type: 'acknowledge-checkpoint', attempt: this.attempt, checkpointId: message.checkpointId, snapshot: message.snapshot, metrics: message.metrics });
        break;
      case 'snapshot-not-stored':
        this.tellJobMaster({ type: 'decline-checkpoint', attempt: this.attempt, checkpointId: message.checkpointId, failure: failureInfo(message.error) });
        break;
      case 'snapshot-abandoned': break;
      case 'barrier-arrived':
        if (!this.isWorking || this.deferred(message)) break;
        if (this.processor?.arrived(message.channel, message.barrier) === true) this.overtakeInTime(message.barrier);
        break;
      case 'alignment-timeout':
        if (this.isWorking && !this.deferred(message)) this.overtake(message.checkpointId);
        break;
      case 'committed':
        // After a restore from the final checkpoint consumers may still be starting: they need the end of data before its channel goes. The
        // JobMaster repeats the notification.
        if (message.isFinal && this.state === 'end-of-data' && this.outputs.drained) this.end('finished');
        if (message.stop && this.isWorking) this.end('finished'); // nobody waits for what lies behind the savepoint's barrier
        break;
      case 'closed': this.tellJobMaster({ type: 'task-state', attempt: this.attempt, state: message.state }); break;
      case 'wait-over': this.stopWaiting(); break;
      case 'processing-time-due':
        // While the operators are opened `begin` fires; after the end of data nothing may be emitted any more.
        if (this.deferred(message)) break;
        if (this.state === 'running' && this.suspendedAt === undefined) this.processingTime.fire();
        (this.context as Context).wake();
        break;
      case 'periodic': if (!this.deferred(message)) this.periodic(); break;
      case 'report': this.report(); this.arm('report', taskOptions.reportInterval); break;
      case 'maintain-channels': this.maintainChannels(); break;
      default: assertNever(message, 'task message');
    }
  }

  private get source(): SourceOperator {
    return (this.chain as OperatorChain).source as SourceOperator;
  }

  // --- life cycle ---------------------------------------------------------------------------------------------------------------------

  private start(): void {
    if (this.state !== 'created') return;
    this.setState('initializing');
    (this.context as Context).pipe(this.initialize(), (started) => ({ type: 'initialized', started }), (error) => ({ type: 'failed', error }));
  }

  private initialize(): Promise<StartedChain> {
    const { vertex, configuration, record, processingTime, outputs } = this;
    return startChain(this.dependencies, {
      vertex, configuration, record, processingTime, outputs, sendSplitRequest: () => this.requestSplit(), isOver: () => this.isOver,
      built: (chain) => { this.chain = chain; },
    });
  }

  private begin({ chain, replay }: StartedChain): void {
    const gate = this.gate as InputGate;
    if (this.vertex.inputCount > 0) {
      const { graph } = this.dependencies.deployment;
      this.processor = new InputProcessor(gate, chain.head.inputs, this.record, this.dependencies.clock, this.vertex.name, {
        barrierComplete: (barrier) => this.checkpoint(barrier),
        barrierArrived: (channel, barrier) => { if (this.patience.isLimited) (this.context as Context).self.tell({ type: 'barrier-arrived', channel, barrier }); },
        checkpointGivenUp: (id) => {
          this.outputs.abandon(id);
          this.outputs.cancelBarrier(id);
        },
        endOfData: () => this.endOfData(),
      }, { mayBeOvertaken: (edge) => mayBeOvertaken(graph, edge), writerFor: (edge, type, taken) => this.channels.stateWriter(edge, type, taken) });
    }
    this.replay = replay;
    this.setState('running');
    gate.open();
    this.processingTime.fire();
    this.arm('periodic', taskOptions.autoWatermarkInterval);
    this.arm('report', taskOptions.reportInterval);
    (this.context as Context).timers.setTimer('maintain-channels', CHANNEL_MAINTENANCE_MS, { type: 'maintain-channels' });
    if (chain.source !== undefined && this.dependencies.deployment.restored?.finished !== true) {
      this.coordinator?.tell({ type: 'register-reader', attempt: this.attempt, operatorId: this.vertex.operators[0].operatorId });
      if (this.splitWanted) this.requestSplit();
    }
    if (replay === undefined || replay.isOver) this.replayOver();
    (this.context as Context).wake();
  }

  /** K5. */
  private replayOver(): void {
    this.replayedRecords = this.replay?.recordsIn ?? 0;
    this.replay = undefined;
    const isSource = (this.chain as OperatorChain).source !== undefined;
    if (isSource && (this.drainWanted || this.dependencies.deployment.restored?.finished === true)) this.endSource();
  }

  private takeReplayedTimes(): void {
    for (const [input, time] of this.replay?.headTimes() ?? []) this.processor?.resume(input, time);
  }

  /** A reader may ask while it opens; the coordinator listens to registered readers only, so that request follows the registration. */
  private requestSplit(): void {
    this.splitWanted = this.state === 'initializing';
    if (!this.splitWanted) this.coordinator?.tell({ type: 'request-split', attempt: this.attempt, operatorId: this.vertex.operators[0].operatorId });
  }

  private setState(state: TaskState): void {
    this.state = state;
    this.tellJobMaster({ type: 'task-state', attempt: this.attempt, state });
  }
  private tellJobMaster(report: TaskReport): void {
    this.jobMaster?.tell(report);
  }

  // --- turns --------------------------------------------------------------------------------------------------------------------------

  /** Works for one turn; true when there is more to do at once. */
  run(): boolean {
    if (!this.isWorking || this.waiting) return false;
    try {
      const now = this.time.enter('busy');
      return this.work(now, now + this.turnBudgetMs);
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private work(turnStartMs: number, deadlineMs: number): boolean {
    let startedMs = turnStartMs;
    let recordsBefore = this.recordsFromChannels();
    const chain = this.chain as OperatorChain;
    const { clock } = this.dependencies;
    for (;;) {
      if (!this.outputs.writable) return this.pause('backpressured');
      const backlog = chain.backlog();
      if (backlog !== undefined) return this.waitFor(backlog, 'backpressured');
      if (this.replay !== undefined && this.suspendedAt === undefined) {
        this.replay.step(this.batch.recordsOfFrame);
        this.takeReplayedTimes();
        if (this.replay.isOver) this.replayOver();
      } else if (this.processor !== undefined) {
        if (!this.processor.processNext(this.batch.recordsOfFrame)) return this.pause('idle');
        if (this.isOver) return false;
      } else if (this.sourceEnded || this.suspendedAt !== undefined) {
        return this.pause('idle');
      } else {
        const progress = this.source.run(this.batch.records);
        if (progress === 'nothing') return this.waitFor(this.source.available(), 'idle');
        if (progress === 'end') this.endSource();
      }
      const now = clock.monotonic();
      this.batch.adapt(now - startedMs, this.recordsFromChannels() - recordsBefore);
      recordsBefore = this.recordsFromChannels();
      startedMs = now;
      this.outputs.flushIfDue(now);
      if (now >= deadlineMs) {
        this.time.enter('busy');
        return true;
      }
    }
  }

  private recordsFromChannels(): number {
    return (this.processor?.recordsIn ?? 0) + (this.replay?.recordsIn ?? this.replayedRecords);
  }

  /** Nothing to do until woken. What lies in open frames goes out, so that silence never delays a record. */
  private pause(reason: WaitReason): boolean {
    const now = this.time.enter(reason);
    if (reason === 'idle') this.outputs.flush(now);
    return false;
  }
  private waitFor(promise: Promise<void>, reason: WaitReason): boolean {
    this.waiting = true;
    this.pause(reason);
    (this.context as Context).pipe(promise, () => ({ type: 'wait-over' }), (error) => ({ type: 'failed', error }));
    return false;
  }
  private stopWaiting(): void {
    this.waiting = false;
    (this.context as Context).wake();
  }

  private endSource(): void {
    this.source.emitMaxWatermark();
    this.endOfData();
  }

  /** All input is processed. The task lives on for barriers until the final checkpoint has completed. */
  private endOfData(): void {
    if (this.state !== 'running') return;
    this.sourceEnded = true;
    if (this.dependencies.deployment.restored?.finished !== true) (this.chain as OperatorChain).finish();
    this.outputs.endOfData();
    this.report();
    this.setState('end-of-data');
  }

  /** While state awaits the disk nothing may touch it: true when the message will come again afterwards. */
  private deferred(message: TaskMessage | TaskSelfMessage): boolean {
    const backlog = this.isWorking ? this.chain?.stateBacklog() : undefined;
    if (backlog === undefined) return false;
    (this.context as Context).pipe(backlog, () => message, (error) => ({ type: 'failed', error }));
    return true;
  }

  // --- checkpoints --------------------------------------------------------------------------------------------------------------------

  private checkpoint({ checkpointId, timestampMs, mode, cut, alignmentDurationMs }: InputBarrier): void {
    const { clock, snapshotStorage, deployment } = this.dependencies;
    const request = {
      checkpointId, timestampMs, attempt: this.attempt, finished: this.state === 'end-of-data', inputs: cut, alignmentDurationMs, format: this.snapshotFormat,
      replay: this.replay?.remaining(() => this.channels.replayWriter()) ?? [], outputs: this.patience.kindOf(mode, timestampMs),
    };
    const outcome = takeSnapshot(request, this.chain as OperatorChain, this.outputs, deployment.graph, snapshotStorage, clock);
    (this.context as Context).pipe(outcome, (message) => message, (error) => ({ type: 'failed', error }));
    if (this.outputs.waitsFor(checkpointId)) this.overtakeInTime({ checkpointId, timestampMs });
  }

  /** When the time to align is over, now or later. */
  private overtakeInTime({ checkpointId, timestampMs }: Pick<Barrier, 'checkpointId' | 'timestampMs'>): void {
    const leftMs = this.patience.leftMs(timestampMs);
    if (leftMs === 0) this.overtake(checkpointId);
    else (this.context as Context).timers.setTimer('alignment-timeout', leftMs, { type: 'alignment-timeout', checkpointId });
  }
  private overtake(checkpointId: number): void {
    this.processor?.overtake(checkpointId);
    this.outputs.overtake(checkpointId);
  }

  private complete(checkpointId: number, isFinal: boolean, stop: boolean): void {
    if (this.chain === undefined) return;
    (this.context as Context).pipe(this.chain.checkpointComplete(checkpointId),
      () => ({ type: 'committed', checkpointId, isFinal, stop }), (error) => ({ type: 'failed', error }));
  }

  // --- timers -------------------------------------------------------------------------------------------------------------------------

  private arm(type: 'periodic' | 'report', option: typeof taskOptions.reportInterval): void {
    (this.context as Context).timers.setTimer(type, Math.max(1, this.configuration.get(option)), { type });
  }
  private periodic(): void {
    if (this.state === 'running' && this.suspendedAt === undefined && this.replay === undefined) this.chain?.periodic();
    (this.context as Context).wake();
    this.arm('periodic', taskOptions.autoWatermarkInterval);
  }
  private maintainChannels(): void {
    this.gate?.repeatCredits();
    this.outputs.announce();
    (this.context as Context).timers.setTimer('maintain-channels', CHANNEL_MAINTENANCE_MS, { type: 'maintain-channels' });
  }
  private report(): void {
    const { processor, outputs, time, replay } = this;
    const metrics = taskMetrics({
      graph: this.dependencies.deployment.graph, chain: this.chain as OperatorChain, processor, outputs, time, replayedRecords: replay?.recordsIn ?? this.replayedRecords,
    });
    this.tellJobMaster({ type: 'task-metrics', attempt: this.attempt, metrics });
  }
  // --- ends ---------------------------------------------------------------------------------------------------------------------------

  /** Regular end: closes first, then reports. */
  private end(state: 'finished' | 'canceled'): void {
    if (this.chain !== undefined && state === 'finished') this.report();
    this.state = state;
    this.releaseChannels();
    const closing = this.chain?.close() ?? Promise.resolve();
    const context = this.context as Context;
    context.pipe(closing, () => ({ type: 'closed', state }), (error) => {
      this.dependencies.logger.log('warn', 'closing a task failed', { task: this.vertex.name, error: error.message });
      return { type: 'closed', state };
    });
  }

  /** K3. */
  private fail(thrown: unknown): void {
    if (this.isOver) return;
    this.state = 'failed';
    this.releaseChannels();
    const failure = failureInfo(explainFailure(thrown, this.vertex));
    this.tellJobMaster({ type: 'task-state', attempt: this.attempt, state: 'failed', failure });
    this.closeBehind();
  }

  /** Closes the operators; nobody waits for it. */
  private closeBehind(): void {
    this.chain?.close().catch((error: unknown) => {
      this.dependencies.logger.log('warn', 'closing a task failed', { task: this.vertex.name, error: toError(error).message });
    });
  }

  private releaseChannels(): void {
    this.disconnects?.unsubscribe();
    this.gate?.close();
    this.outputs.close();
    this.processingTime.close();
    for (const timer of ['periodic', 'report', 'maintain-channels', 'alignment-timeout']) this.context?.timers.cancelTimer(timer);
  }

  stopped(): void {
    if (this.isOver) return;
    this.state = 'canceled';
    this.releaseChannels();
    this.closeBehind();
  }
}
