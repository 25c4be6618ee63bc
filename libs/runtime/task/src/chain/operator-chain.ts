/**
 * Builds the operators of one task, last to first, and runs what concerns all of them: opening, barriers' sync part, completion, closing.
 * The chain is a tree: an operator's main output and its side outputs may each go to several chained operators and channels.
 */
import { type ExecutionAttemptId, type JobId, specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { ConnectorServices, SinkContext } from '@weir/connector';
import type { KeySelector, RichFunction } from '@weir/functions';
import type { CompiledJob, JobVertex, OperatorSpec, StreamNode } from '@weir/graph';
import type { MetricGroup } from '@weir/ports';
import type { KeyedStateBackend } from '@weir/state';
import type { ResultPartition } from '../channels/result-partition.js';
import type { OperatorMetrics } from '../task.protocol.js';
import { ProcessOperator } from '../operators/process-operator.js';
import type { Input, OperatorSnapshotRequest, RecordContext, StreamOperator } from '../operators/operator.js';
import type { OperatorContext } from '../operators/operator-context.js';
import { OperatorListStates } from '../operators/operator-list-states.js';
import { rollingAggregateFactory, rollingReduceFactory } from '../operators/process-inputs.js';
import { SideOutputs } from '../operators/side-outputs.js';
import { sinkInputFactory, SinkOperator } from '../operators/sink-operator.js';
import { SourceOperator } from '../operators/source-operator.js';
import { type CountingInput, filterFactory, flatMapFactory, mapFactory } from '../operators/stateless.js';
import { SimpleOperator } from '../operators/stateless-operator.js';
import { TimestampsOperator } from '../operators/timestamps-operator.js';
import type { ProcessingTimeService } from '../time/processing-time.js';
import { AlignedWindowOperator } from '../windows/aligned-window-operator.js';
import { SessionWindowOperator } from '../windows/session-window-operator.js';
import { LocalWindowOperator } from '../windows/local-window-operator.js';
import { FanOut, Freezing, NO_OUTPUT } from './fan-out.js';
import { NOTHING_RESTORED, type RestoredOperatorValues } from './restored-values.js';
import { stateDescriptor } from '@weir/state';

export interface ChainEnvironment {
  readonly jobId: JobId;
  readonly attempt: ExecutionAttemptId;
  readonly job: CompiledJob;
  readonly vertex: JobVertex;
  readonly services: ConnectorServices;
  readonly metrics: MetricGroup;
  readonly processingTime: ProcessingTimeService;
  readonly record: RecordContext;
  readonly restored: ReadonlyMap<string, RestoredOperatorValues>;
  /** By operator; those that are keyed. The chain closes them. */
  readonly keyedState: ReadonlyMap<string, KeyedStateBackend>;
  readonly commitRetries: number;
  readonly freezeRecords: boolean;
  /** How long a record may wait before it is sent. */
  readonly bufferTimeoutMs: number;
  /** Asks the source's coordinator for a split. */
  readonly sendSplitRequest: (operatorId: string) => void;
  /** Outgoing edges by index of the operator whose output they carry. */
  readonly partitions: readonly { readonly sourceOperatorIndex: number; readonly sideOutputId: string | undefined; readonly partition: Pick<ResultPartition, 'input'> }[];
}

export class OperatorChain {
  /** By index in the vertex. */
  readonly operators: readonly StreamOperator[];
  private readonly sideOutputs: SideOutputs[] = [];
  private opening: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(private readonly environment: ChainEnvironment) {
    const { vertex } = environment;
    const operators: StreamOperator[] = new Array(vertex.operators.length);
    for (let index = vertex.operators.length - 1; index >= 0; index--) {
      const { outputs } = vertex.operators[index];
      const targets = (sideOutputId: string | undefined): Input[] => [
        ...outputs.filter((edge) => edge.sideOutputId === sideOutputId).map((edge) => operators[edge.targetIndex].inputs[0]),
        ...environment.partitions.filter((p) => p.sourceOperatorIndex === index && p.sideOutputId === sideOutputId).map((p) => p.partition.input),
      ];
      const sideIds = new Set([
        ...outputs.map((edge) => edge.sideOutputId), ...environment.partitions.filter((p) => p.sourceOperatorIndex === index).map((p) => p.sideOutputId),
      ]);
      const sideOutputs = new SideOutputs();
      for (const id of sideIds) {
        if (id !== undefined) sideOutputs.connect(id, this.join(targets(id)));
      }
      this.sideOutputs[index] = sideOutputs;
      operators[index] = this.create(index, this.join(targets(undefined), vertex.operators[index].kind !== 'local-window'), sideOutputs);
    }
    this.operators = operators;
  }

  get head(): StreamOperator {
    return this.operators[0];
  }
  get source(): SourceOperator | undefined {
    return this.head instanceof SourceOperator ? this.head : undefined;
  }

  /** Accumulators are no records: the window behind the exchange changes them. */
  private join(targets: readonly Input[], areRecords = true): Input {
    const output = targets.length === 0 ? NO_OUTPUT : targets.length === 1 ? targets[0] : new FanOut(targets, this.environment.record);
    return this.environment.freezeRecords && areRecords && targets.length > 0 ? new Freezing(output) : output;
  }

  private create(index: number, out: Input, sideOutputs: SideOutputs): StreamOperator {
    const { environment } = this;
    const chained = environment.vertex.operators[index];
    const node = environment.job.nodes.get(chained.operatorId) as StreamNode;
    const keyed = node.keySelectors.some((selector) => selector !== undefined);
    const context = this.operatorContext(index, keyed, sideOutputs);
    return this.createOperator(node.spec, node.keySelectors, context, out);
  }

  private operatorContext(index: number, keyed: boolean, sideOutputs: SideOutputs): OperatorContext {
    const { environment } = this;
    const { vertex, attempt } = environment;
    const { operatorId, name } = vertex.operators[index];
    const restored = environment.restored.get(operatorId) ?? NOTHING_RESTORED;
    return {
      operatorId, name,
      jobId: environment.jobId,
      jobName: environment.job.graph.jobName,
      subtaskIndex: attempt.subtaskIndex,
      parallelism: vertex.parallelism,
      maxParallelism: vertex.maxParallelism,
      attemptNumber: attempt.attempt,
      attempt: `${attempt.epoch}.${attempt.attempt}`,
      record: environment.record,
      services: environment.services,
      clock: environment.services.clock,
      metrics: environment.metrics.group({ operator: name }),
      processingTime: environment.processingTime,
      sideOutputs,
      keyed: keyed ? environment.keyedState.get(operatorId) : undefined,
      lists: new OperatorListStates(restored.lists),
      restored,
    };
  }

  private createOperator(spec: OperatorSpec, keySelectors: StreamNode['keySelectors'], context: OperatorContext, out: Input): StreamOperator {
    const keySelector = keySelectors[0] as KeySelector<unknown, unknown>;
    switch (spec.kind) {
      case 'source': {
        const skippedRecords = { count: 0 };
        const reader = spec.source.createReader({
          ...context.services, subtaskIndex: context.subtaskIndex, parallelism: context.parallelism, skippedRecords,
          sendSplitRequest: () => this.environment.sendSplitRequest(context.operatorId),
        });
        return new SourceOperator(spec, reader, context, out, skippedRecords);
      }
      case 'map': return simple(context, specialize(mapFactory, { fn: spec.fn, out }, context.name), spec.rich);
      case 'filter': return simple(context, specialize(filterFactory, { fn: spec.fn, out }, context.name), spec.rich);
      case 'flat-map': return simple(context, specialize(flatMapFactory, { fn: spec.fn, out }, context.name), spec.rich);
      case 'timestamps': return new TimestampsOperator(spec.watermarks, context, out);
      case 'process': case 'keyed-process': return new ProcessOperator(spec.fn as never, context, out, keySelectors, 1);
      case 'co-process': case 'keyed-co-process': return new ProcessOperator(spec.fn as never, context, out, keySelectors, 2);
      case 'keyed-reduce': {
        const backend = context.keyed as KeyedStateBackend;
        const state = backend.getState(stateDescriptor.value('_reduce', spec.stateType));
        const input = new (specialize(rollingReduceFactory, undefined, context.name))(spec.fn, state, out, backend.keyContext, keySelector);
        return new SimpleOperator(context, input, { recordsOut: () => -1 }, undefined);
      }
      case 'keyed-aggregate': {
        const backend = context.keyed as KeyedStateBackend;
        const state = backend.getState(stateDescriptor.value('_aggregate', spec.stateType));
        const input = new (specialize(rollingAggregateFactory, undefined, context.name))(spec.fn, state, out, backend.keyContext, keySelector);
        return new SimpleOperator(context, input, { recordsOut: () => -1 }, undefined);
      }
      case 'window':
        return spec.assigner.kind === 'session'
          ? new SessionWindowOperator(spec, spec.assigner, context, out, keySelector)
          : new AlignedWindowOperator(spec, spec.assigner, context, out, keySelector);
      case 'local-window': return new LocalWindowOperator(spec, context, out, this.environment.bufferTimeoutMs);
      case 'sink': {
        const sinkContext: SinkContext = {
          ...context.services, jobId: context.jobId, operatorId: context.operatorId, operatorName: context.name, subtaskIndex: context.subtaskIndex,
          parallelism: context.parallelism, attempt: context.attempt,
        };
        const writer = spec.sink.createWriter(sinkContext);
        const input = specialize(sinkInputFactory, { writer, record: context.record }, context.name);
        return new SinkOperator(spec.sink, writer, spec.sink.createCommitter?.(sinkContext), context, this.environment.commitRetries, input);
      }
    }
  }

  /** Downstream operators first, so that an operator may emit in `open`. */
  open(): Promise<void> {
    this.opening = this.openAll();
    return this.opening;
  }
  private async openAll(): Promise<void> {
    for (let i = this.operators.length - 1; i >= 0 && !this.closing; i--) await this.operators[i].open();
  }
  prepareSnapshotPreBarrier(): void {
    for (const operator of this.operators) operator.prepareSnapshotPreBarrier?.();
  }
  /** Captures all operators now; the promise is for what is still being written. */
  snapshot(request: OperatorSnapshotRequest): Promise<OperatorSnapshot[]> {
    // In an async function what throws rejects like the others: no part is left without a listener.
    return Promise.all(this.operators.map(async (operator) => operator.snapshot(request)));
  }
  async checkpointComplete(checkpointId: number): Promise<void> {
    for (const keyed of this.environment.keyedState.values()) keyed.checkpointComplete?.(checkpointId);
    await Promise.all(this.operators.map((operator) => operator.checkpointComplete?.(checkpointId)));
  }
  checkpointAborted(checkpointId: number): void {
    for (const operator of this.operators) operator.checkpointAborted?.(checkpointId);
  }
  finish(): void {
    for (const operator of this.operators) operator.finish?.();
  }
  periodic(): void {
    for (const operator of this.operators) {
      if (operator instanceof SourceOperator || operator instanceof TimestampsOperator) operator.periodic();
    }
  }
  /** A promise while some sink of the chain can take no more, or some state awaits the disk. */
  backlog(): Promise<void> | undefined {
    const state = this.stateBacklog();
    if (state !== undefined) return state;
    for (const operator of this.operators) {
      const backlog = operator.backlog?.();
      if (backlog !== undefined) return backlog;
    }
    return undefined;
  }
  /** A promise while no state may be touched: timers and watermarks have to wait as well. */
  stateBacklog(): Promise<void> | undefined {
    for (const keyed of this.environment.keyedState.values()) {
      const backlog = keyed.backlog?.();
      if (backlog !== undefined) return backlog;
    }
    return undefined;
  }
  /** Closes all, also when some fail; the first failure is thrown. Waits for the operator that is being opened: nothing is opened behind its close. */
  async close(): Promise<void> {
    this.closing = true;
    await this.opening.catch(() => undefined); // whoever opens hears of it
    const outcomes = await Promise.allSettled(this.operators.map((operator) => operator.close()));
    outcomes.push(...await Promise.allSettled([...this.environment.keyedState.values()].map((keyed) => keyed.close())));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  /** Counts that operators leave to their upstream (-1) are filled in along the chain. */
  metrics(): OperatorMetrics[] {
    const result: OperatorMetrics[] = [];
    const emitted: number[] = [];
    for (let index = 0; index < this.operators.length; index++) {
      const { counters, operatorId, name } = this.operators[index];
      const recordsIn = counters.recordsIn?.() ?? (index === 0 ? this.recordsFromChannels : this.recordsFromUpstream(index, emitted));
      const out = counters.recordsOut();
      emitted[index] = out >= 0 ? out : recordsIn;
      result.push({
        operatorId, name, recordsIn, recordsOut: emitted[index],
        lateRecordsDropped: counters.lateRecordsDropped?.() ?? 0,
        skippedRecords: counters.skippedRecords?.() ?? 0,
        fallbackRecords: counters.fallbackRecords?.() ?? 0,
        outputWatermark: null,
        ...(index === 0 && this.source?.remainingWork() !== undefined ? { remainingWork: this.source.remainingWork() } : {}),
      });
    }
    return result;
  }
  /** A chained operator has exactly one upstream in its chain. */
  private recordsFromUpstream(index: number, emitted: readonly number[]): number {
    const { operators } = this.environment.vertex;
    for (let upstream = 0; upstream < index; upstream++) {
      const edge = operators[upstream].outputs.find((candidate) => candidate.targetIndex === index);
      if (edge !== undefined) return edge.sideOutputId === undefined ? emitted[upstream] : this.sideOutputs[upstream].emitted(edge.sideOutputId);
    }
    return 0;
  }
  /** Records that came in by channels; kept by the task. */
  recordsFromChannels = 0;
}

function simple(context: OperatorContext, input: CountingInput, rich: RichFunction | undefined): SimpleOperator {
  return new SimpleOperator(context, input, { recordsOut: () => input.emitted }, rich);
}
