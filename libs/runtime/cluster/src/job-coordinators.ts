/** The children of a JobMaster: one source coordinator per source, and the checkpoint coordinator that knows them. */
import type { Actor, ActorContext, ActorRef } from '@weir/actor';
import { assert, type OperatorId } from '@weir/base';
import { type CheckpointCoordinatorConfig, checkpointOptions, initialCheckpointCoordinatorState, SavepointWriter } from '@weir/checkpoint';
import { stateOptions } from '@weir/state';
import { CheckpointCoordinatorActor, type CheckpointCoordinatorActorMessage } from './checkpoint-coordinator.actor.js';
import type { JobMasterInput } from './job-master.protocol.js';
import type { JobOpeningOptions, OpenedJob } from './job-opening.js';
import { SourceCoordinatorActor } from './source-coordinator.actor.js';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';

export interface JobCoordinators {
  readonly checkpoints: ActorRef<CheckpointCoordinatorActorMessage>;
  readonly sources: ReadonlyMap<OperatorId, ActorRef<SourceCoordinatorMessage>>;
}

type Options = Pick<JobOpeningOptions, 'jobId' | 'checkpointDirectory' | 'services'>;

export function spawnCoordinators(job: OpenedJob, options: Options, context: ActorContext<JobMasterInput>): JobCoordinators {
  const { services, jobId, checkpointDirectory } = options;
  const sources = spawnSources(job, options, context);
  const checkpoints = context.spawn('checkpoint-coordinator', new CheckpointCoordinatorActor({
    config: checkpointConfig(job, [...sources.keys()], jobId),
    initial: initialCheckpointCoordinatorState(job.recovery.nextCheckpointId, job.recovery.restored),
    store: job.store,
    savepoints: new SavepointWriter({ ...services, jobId, directory: checkpointDirectory, random: services.random.stream('savepoints') }),
    base: job.base,
    nativeState: job.configuration.get(stateOptions.backendType) !== 'heap',
    jobMaster: context.self.address,
    sourceCoordinators: new Map([...sources].map(([operatorId, ref]) => [operatorId, ref.address])),
  }));
  return { checkpoints, sources };
}

function spawnSources({ graph, compiled }: OpenedJob, { services }: Options, context: ActorContext<JobMasterInput>): Map<OperatorId, ActorRef<SourceCoordinatorMessage>> {
  const sources = new Map<OperatorId, ActorRef<SourceCoordinatorMessage>>();
  for (const { id, parallelism, operators } of graph.vertices) {
    const { operatorId } = operators[0];
    const spec = compiled.nodes.get(operatorId)?.spec;
    assert(spec !== undefined, `vertex ${id} has no operator ${operatorId}`);
    if (spec.kind !== 'source') continue;
    const coordinator = new SourceCoordinatorActor({ operatorId, source: spec.source, parallelism, jobMaster: context.self.address, services });
    sources.set(operatorId, context.spawn<SourceCoordinatorMessage>(`source/${operatorId}`, coordinator as Actor<SourceCoordinatorMessage>));
  }
  return sources;
}

function checkpointConfig(job: OpenedJob, sourceOperators: readonly OperatorId[], jobId: CheckpointCoordinatorConfig['jobId']): CheckpointCoordinatorConfig {
  const { configuration } = job;
  return {
    jobId,
    epoch: job.epoch,
    graph: job.graph,
    sourceOperators,
    hasCommitter: [...job.compiled.nodes.values()].some(({ spec }) => spec.kind === 'sink' && spec.sink.createCommitter !== undefined),
    intervalMs: configuration.get(checkpointOptions.interval),
    minPauseMs: configuration.get(checkpointOptions.minPause),
    timeoutMs: configuration.get(checkpointOptions.timeout),
    tolerableFailures: configuration.get(checkpointOptions.tolerableFailedCheckpoints),
    // A pause from the completion of one to the trigger of the next leaves no room for two (as in Flink).
    maxConcurrent: configuration.get(checkpointOptions.minPause) > 0 ? 1 : configuration.get(checkpointOptions.maxConcurrentCheckpoints),
  };
}
