export * from './operator-spec.js';
export * from './stream-graph.js';
export * from './job-graph.js';
export * from './job-program.js';
export { createJobGraph, type JobGraphOptions } from './create-job-graph.js';
export { effectiveConfiguration, GraphConfig, jobGraphOptions } from './graph-options.js';
export { consumerSubtasks, isAllToAll, producerSubtasks, type SubtaskRange } from './channel-pattern.js';
export { operatorIdOfUid } from './operator-ids.js';
export { type PartialAggregate, keyOfPartial, localOperatorId } from './pre-aggregation.js';
export { inputCountOf, keyedInputs } from './operator-inputs.js';
export { describePlan, formatPlan, type JobPlan, type PlanInput, type PlanNode, type PlanOperator, type ShipStrategy } from './job-plan.js';
export { computeSlots, type SharedSlot, type SlotPlan, type SubtaskRef } from './slots.js';
export { pipelinedRegions, type PipelinedRegion } from './pipelined-regions.js';
export { adoptMaxParallelism, checkRestorable, checkUids, type RestoreOptions, type SnapshotOperator } from './restore-check.js';
export {
  DuplicateUidError, ForwardParallelismError, InvalidGraphError, InvalidParallelismError, MissingUidError, RestoreMismatchError,
} from './errors.js';
export { murmur128Hex, murmur128HexOfText } from './hash128.js';
