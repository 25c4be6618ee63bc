/** From a deployment to an open chain: restored state is read and verified, operators are built and opened. */
import type { Configuration } from '@weir/base';
import type { JobVertex } from '@weir/graph';
import { keyGroupRangeOf } from '@weir/state';
import { Replay } from '../channels/replay.js';
import type { TaskOutputs } from '../channels/task-outputs.js';
import { TaskEndedError } from '../errors.js';
import type { RecordContext } from '../operators/operator.js';
import type { TaskDependencies } from '../task-dependencies.js';
import { taskOptions } from '../task-options.js';
import type { ProcessingTimeService } from '../time/processing-time.js';
import { loadInFlight } from './load-in-flight.js';
import { loadRestored } from './load-restored.js';
import { closeKeyedState, openKeyedState } from './open-keyed-state.js';
import { type ChainEnvironment, OperatorChain } from './operator-chain.js';

export interface ChainSetting {
  readonly vertex: JobVertex;
  readonly configuration: Configuration;
  readonly record: RecordContext;
  readonly processingTime: ProcessingTimeService;
  readonly outputs: TaskOutputs;
  readonly sendSplitRequest: () => void;
  /** The attempt has ended meanwhile: it must not open anything, nor commit or abort in the name of a sink (K3). */
  readonly isOver: () => boolean;
  /** The chain as soon as there is one: who ends the attempt closes it. */
  readonly built: (chain: OperatorChain) => void;
}
export interface StartedChain {
  readonly chain: OperatorChain;
  /** What comes ahead of all input. */
  readonly replay: Replay | undefined;
}

/** Rejects with the coded error of whatever is wrong; nothing is left open then but what `built` was told of. */
export async function startChain(dependencies: TaskDependencies, setting: ChainSetting): Promise<StartedChain> {
  const { deployment, job, snapshotStorage } = dependencies;
  const { vertex, record, isOver } = setting;
  const { restored, attempt } = deployment;
  const range = keyGroupRangeOf(attempt.subtaskIndex, vertex.parallelism, vertex.maxParallelism);
  const values = await loadRestored(restored, snapshotStorage, range);
  const inFlight = await loadInFlight(restored, snapshotStorage, job, vertex, attempt);
  if (isOver()) throw new TaskEndedError(vertex.name);
  const keyedState = await openKeyedState(dependencies.stateBackends, job, vertex, range, values);
  if (isOver()) {
    await closeKeyedState(keyedState);
    throw new TaskEndedError(vertex.name);
  }
  let chain: OperatorChain;
  try {
    chain = new OperatorChain(environmentOf(dependencies, setting, { restored: values, keyedState }));
  } catch (failure) {
    await closeKeyedState(keyedState);
    throw failure;
  }
  setting.built(chain);
  await chain.open();
  const { operators } = chain;
  return { chain, replay: inFlight.length === 0 ? undefined : new Replay(inFlight, (operator, input) => operators[operator].inputs[input], record) };
}

function environmentOf(
  { deployment, job, files, clock, timers, random, logger, metrics }: TaskDependencies,
  { vertex, configuration, record, processingTime, outputs, sendSplitRequest }: ChainSetting, state: Pick<ChainEnvironment, 'restored' | 'keyedState'>,
): ChainEnvironment {
  const environment = {
    ...state, jobId: deployment.jobId, attempt: deployment.attempt, job, vertex, metrics, record, processingTime, sendSplitRequest,
    services: { files, clock, timers, random: random.stream('connector'), logger },
    commitRetries: configuration.get(taskOptions.commitRetries),
    freezeRecords: configuration.get(taskOptions.freezeRecords),
    bufferTimeoutMs: configuration.get(taskOptions.bufferTimeout),
    partitions: outputs.partitions.map((partition) => {
      const edge = deployment.graph.edges[partition.descriptor.edgeIndex];
      return { sourceOperatorIndex: edge.sourceOperatorIndex, sideOutputId: edge.sideOutputId, partition };
    }),
  };
  return environment;
}
