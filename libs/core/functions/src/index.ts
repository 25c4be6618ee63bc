export * from './runtime-context.js';
export * from './functions.js';
export * from './output-tag.js';
export { associative, isAssociative, type AssociativeReduceFunction } from './associative.js';
export {
  aggregates,
  DeclaredAggregate,
  type AccumulatorColumn,
  type AccumulatorColumnOp,
  type AggregateInput,
  type AggregateResults,
  type ColumnAccumulator,
  type NumberSelector,
} from './declared-aggregate.js';
