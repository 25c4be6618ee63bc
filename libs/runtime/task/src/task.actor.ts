/**
 * The actor of one operator instance: life cycle, turns, checkpoints. Protocol and state diagram: `task.protocol.ts`.
 *
 * Owns: its channels, its operator chain, its snapshots until they are acknowledged. The JobMaster owns: when to start, checkpoint, finish.
 * K1: control messages are handled between batches, so a trigger falls between two records. K2: a snapshot captures operators and channel
 * positions in one turn, with no record in between. K3: after a failure or cancellation nothing is emitted, reported or committed any more.
 * K4: a task stops taking input as long as an output waits for credit or a sink wants no more.
 */
import { assertNever, Configuration, type ExecutionAttemptId, failureInfo, toError } from '@weir/base';
import type { Actor, ActorContext, ActorRef } from '@weir/actor';
import type { ChannelPosition, SnapshotStorage } from '@weir/checkpoint';
import type { CompiledJob, JobVertex } from '@weir/graph';
import type { SourceSplit } from '@weir/connector';
import type { Clock, Connection, FileStore, Logger, MetricGroup, Random, Subscription, Timers } from '@weir/ports';
import { type KeyedStateBackends, keyGroupRangeOf, type SnapshotFormat } from '@weir/state';
import { framesInFlight } from './channels/frames-in-flight.js';
import { InputGate } from './channels/input-gate.js';
import { InputProcessor } from './channels/input-processor.js';
import type { PartitionEncoderOptions } from './channels/partition-encoder.js';
import { ResultPartition } from './channels/result-partition.js';
import { TaskOutputs } from './channels/task-outputs.js';
import { loadRestored } from './chain/load-restored.js';
import { closeKeyedState, openKeyedState } from './chain/open-keyed-state.js';
import { type ChainEnvironment, OperatorChain } from './chain/operator-chain.js';
import { BatchSize } from './batch-size.js';
import { ChannelBrokenError, TaskEndedError } from './errors.js';
import { explainFailure } from './explain-failure.js';
import { RecordContext } from './operators/operator.js';
import type { SourceOperator } from './operators/source-operator.js';
import { type SnapshotOutcome, takeSnapshot } from './subtask-snapshot.js';
import { taskOptions } from './task-options.js';
import type { ReaderReport, TaskMessage, TaskMetrics, TaskReport, TaskState } from './task.protocol.js';
import type { TaskDeployment } from './task-deployment.js';
import { ProcessingTimeService } from './time/processing-time.js';
import { TimeAccounting, type WaitReason } from './time-accounting.js';

export interface TaskDependencies {
  readonly deployment: TaskDeployment;
  /** An instance of the job's graph that no other task uses. */
  readonly job: CompiledJob;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly files: FileStore;
  readonly metrics: MetricGroup;
  readonly data: Connection;
  /** What the transport of `data` says: false when frames must be bytes. */
  readonly dataByReference: boolean;
  readonly snapshotStorage: SnapshotStorage;
  readonly stateBackends: KeyedStateBackends;
}

/** Sent by the task to itself. */
type TaskSelfMessage =
  | { readonly type: 'initialized'; readonly chain: OperatorChain }
  | { readonly type: 'failed'; readonly error: Error }
  | SnapshotOutcome
  | { readonly type: 'committed'; readonly checkpointId: number; readonly isFinal: boolean; readonly stop: boolean }
  | { readonly type: 'closed'; readonly state: 'finished' | 'canceled' }
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
  private readonly turnBudgetMs: number;
  private readonly batch: BatchSize;
  private gate: InputGate | undefined;
  private outputs = new TaskOutputs([], 0);
  private chain: OperatorChain | undefined;
  private processor: InputProcessor | undefined;
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
    this.processingTime = new ProcessingTimeService(clock, timers, () => this.context?.self.tell({ type: 'processing-time-due' }));
  }

  started(context: ActorContext<TaskMessage>): void {
    const own = context as Context;
    this.context = own;
    const { deployment, data, job, random } = this.dependencies;
    this.jobMaster = own.refFor<TaskReport>(deployment.jobMaster as never);
    if (deployment.sourceCoordinator !== undefined) this.coordinator = own.refFor<ReaderReport>(deployment.sourceCoordinator as never);
    // Subscriptions stand before anybody starts, so that no first credit and no first frame is published to nobody.
    this.disconnects = data.onDisconnect(() => this.fail(new ChannelBrokenError('of this task', 'the data connection broke')));
    this.gate = new InputGate(deployment.inputs, data, this.framesInFlight(), () => own.wake(), (error) => this.fail(error), !this.dependencies.dataByReference);
    const bufferTimeoutMs = this.configuration.get(taskOptions.bufferTimeout);
    this.outputs = new TaskOutputs(deployment.outputs.map((descriptor) => new ResultPartition(descriptor, job.partitioners[descriptor.edgeIndex], this.record, {
      frameRecords: bufferTimeoutMs === 0 ? 1 : this.configuration.get(taskOptions.frameRecords),
      label: `${this.vertex.name}-edge-${descriptor.edgeIndex}`, random: random.stream(`edge-${descriptor.edgeIndex}`), connection: data, onWritable: () => own.wake(),
      encoding: this.dependencies.dataByReference ? undefined : this.encodingOf(descriptor.edgeIndex),
    })), bufferTimeoutMs);
  }

  /** A slot runs at most one subtask of each vertex, and they share one connection. */
  private framesInFlight(): number {
    const { deployment, dataByReference } = this.dependencies;
    if (dataByReference) return this.configuration.get(taskOptions.framesInFlight);
    const receivingTasks = deployment.graph.vertices.filter((vertex) => vertex.inputCount > 0).length;
    const channels = deployment.inputs.reduce((sum, gate) => sum + gate.channels.length, 0);
    return framesInFlight({
      channels, tasks: receivingTasks, frameBytes: this.configuration.get(taskOptions.frameBytes),
      bytesPerChannel: this.configuration.get(taskOptions.bytesPerChannel), bytesInFlight: this.configuration.get(taskOptions.bytesInFlight),
    });
  }
  private encodingOf(edgeIndex: number): PartitionEncoderOptions {
    const { deployment, job, logger } = this.dependencies;
    const { sourceOperatorIndex, sideOutputId } = deployment.graph.edges[edgeIndex];
    const { name, operatorId } = this.vertex.operators[sourceOperatorIndex];
    return {
      operatorName: name, frameBytes: this.configuration.get(taskOptions.frameBytes),
      type: sideOutputId === undefined ? job.nodes.get(operatorId)?.outputType : undefined,
      onFirstFallback: (reason) => logger.log('warn', 'records of another shape are sent in the slow self-describing encoding; declare their type with returns()', { operator: name, reason }),
    };
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
      case 'initialized': this.begin(message.chain); break;
      case 'assign-splits': this.source.addSplits(message.splits as readonly SourceSplit[]); this.stopWaiting(); break;
      case 'no-more-splits': this.source.noMoreSplits(); this.stopWaiting(); break;
      case 'trigger-checkpoint':
        if (!this.isWorking) break;
        if (message.suspend) this.suspendedAt = message.checkpointId;
        this.checkpoint(message.checkpointId, message.timestampMs, [], 0);
        break;
      case 'drain':
        if (this.state === 'running' && !this.deferred(message)) this.endSource();
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
    (this.context as Context).pipe(this.initialize(), (chain) => ({ type: 'initialized', chain }), (error) => ({ type: 'failed', error }));
  }

  private async initialize(): Promise<OperatorChain> {
    const { deployment, job, snapshotStorage, files, clock, timers, random, logger, metrics } = this.dependencies;
    const { vertex, attempt } = this;
    const range = keyGroupRangeOf(attempt.subtaskIndex, vertex.parallelism, vertex.maxParallelism);
    const restored = await loadRestored(deployment.restored, snapshotStorage, range);
    // K3: an attempt that ended meanwhile must not open anything, nor commit or abort in the name of a sink.
    if (this.isOver) throw new TaskEndedError(this.vertex.name);
    const keyedState = await openKeyedState(this.dependencies.stateBackends, job, vertex, range, restored);
    if (this.isOver) {
      await closeKeyedState(keyedState);
      throw new TaskEndedError(this.vertex.name);
    }
    const environment: ChainEnvironment = {
      jobId: deployment.jobId, attempt, job, vertex, metrics, restored, keyedState, record: this.record, processingTime: this.processingTime,
      services: { files, clock, timers, random: random.stream('connector'), logger },
      commitRetries: this.configuration.get(taskOptions.commitRetries),
      freezeRecords: this.configuration.get(taskOptions.freezeRecords),
      sendSplitRequest: () => this.requestSplit(),
      partitions: this.outputs.partitions.map((partition) => {
        const edge = deployment.graph.edges[partition.descriptor.edgeIndex];
        return { sourceOperatorIndex: edge.sourceOperatorIndex, sideOutputId: edge.sideOutputId, partition };
      }),
    };
    try {
      this.chain = new OperatorChain(environment);
    } catch (failure) {
      await closeKeyedState(keyedState);
      throw failure;
    }
    await this.chain.open();
    return this.chain;
  }

  private begin(chain: OperatorChain): void {
    const gate = this.gate as InputGate;
    if (this.vertex.inputCount > 0) {
      this.processor = new InputProcessor(gate, chain.head.inputs, this.record, this.dependencies.clock, this.vertex.name, {
        barrierComplete: (id, timestampMs, positions, alignmentMs) => this.checkpoint(id, timestampMs, positions, alignmentMs),
        checkpointGivenUp: (id) => this.outputs.cancelBarrier(id),
        endOfData: () => this.endOfData(),
      });
    }
    this.setState('running');
    gate.open();
    this.processingTime.fire();
    this.arm('periodic', taskOptions.autoWatermarkInterval);
    this.arm('report', taskOptions.reportInterval);
    (this.context as Context).timers.setTimer('maintain-channels', CHANNEL_MAINTENANCE_MS, { type: 'maintain-channels' });
    if (chain.source !== undefined) {
      if (this.dependencies.deployment.restored?.finished === true) {
        chain.source.emitMaxWatermark();
        this.endOfData();
      } else {
        this.coordinator?.tell({ type: 'register-reader', attempt: this.attempt, operatorId: this.vertex.operators[0].operatorId });
        if (this.splitWanted) this.requestSplit();
      }
    }
    (this.context as Context).wake();
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
    const chain = this.chain as OperatorChain;
    const { clock } = this.dependencies;
    for (;;) {
      if (!this.outputs.writable) return this.pause('backpressured');
      const backlog = chain.backlog();
      if (backlog !== undefined) return this.waitFor(backlog, 'backpressured');
      if (this.processor !== undefined) {
        if (!this.processor.processNext()) return this.pause('idle');
        if (this.isOver) return false;
      } else if (this.sourceEnded || this.suspendedAt !== undefined) {
        return this.pause('idle');
      } else {
        const progress = this.source.run(this.batch.records);
        if (progress === 'nothing') return this.waitFor(this.source.available(), 'idle');
        if (progress === 'end') this.endSource();
      }
      const now = clock.monotonic();
      this.batch.adapt(now - startedMs);
      startedMs = now;
      this.outputs.flushIfDue(now);
      if (now >= deadlineMs) {
        this.time.enter('busy');
        return true;
      }
    }
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

  private checkpoint(checkpointId: number, timestampMs: number, inputs: readonly ChannelPosition[], alignmentDurationMs: number): void {
    const { clock, snapshotStorage } = this.dependencies;
    const request = { checkpointId, timestampMs, attempt: this.attempt, finished: this.state === 'end-of-data', inputs, alignmentDurationMs, format: this.snapshotFormat };
    const outcome = takeSnapshot(request, this.chain as OperatorChain, this.outputs, snapshotStorage, clock);
    (this.context as Context).pipe(outcome, (message) => message, (error) => ({ type: 'failed', error }));
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
    if (this.state === 'running' && this.suspendedAt === undefined) this.chain?.periodic();
    (this.context as Context).wake();
    this.arm('periodic', taskOptions.autoWatermarkInterval);
  }
  private maintainChannels(): void {
    this.gate?.repeatCredits();
    this.outputs.announce();
    (this.context as Context).timers.setTimer('maintain-channels', CHANNEL_MAINTENANCE_MS, { type: 'maintain-channels' });
  }
  private report(): void {
    this.tellJobMaster({ type: 'task-metrics', attempt: this.attempt, metrics: this.metrics() });
  }
  private metrics(): TaskMetrics {
    const chain = this.chain as OperatorChain;
    chain.recordsFromChannels = this.processor?.recordsIn ?? 0;
    const watermark = chain.source?.watermark ?? this.processor?.watermark ?? Number.NEGATIVE_INFINITY;
    const wire = watermark === Number.NEGATIVE_INFINITY ? null : Math.min(watermark, Number.MAX_VALUE);
    return {
      operators: chain.metrics().map((operator, index) => ({ ...operator, fallbackRecords: operator.fallbackRecords + this.fallbacksOf(index), outputWatermark: wire })),
      busyMs: this.time.busyMs, idleMs: this.time.idleMs, backpressuredMs: this.time.backpressuredMs, inputWatermark: this.processor === undefined ? null : wire,
    };
  }

  /** Records of an operator of the chain that its outgoing edges sent in the self-describing encoding. */
  private fallbacksOf(operatorIndex: number): number {
    const { edges } = this.dependencies.deployment.graph;
    return this.outputs.partitions.reduce((sum, { descriptor, fallbackRecords }) =>
      sum + (edges[descriptor.edgeIndex].sourceOperatorIndex === operatorIndex ? fallbackRecords : 0), 0);
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
    for (const timer of ['periodic', 'report', 'maintain-channels']) this.context?.timers.cancelTimer(timer);
  }

  stopped(): void {
    if (this.isOver) return;
    this.state = 'canceled';
    this.releaseChannels();
    this.closeBehind();
  }
}
