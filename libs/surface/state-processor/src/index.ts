export { type ListDescription, type OperatorStates, type StateDescription, type StateEntry, StateSnapshot, type StateSnapshotOptions } from './state-snapshot.js';
export { diffStates, type StateDifference } from './state-difference.js';
export { jsonOf } from './state-json.js';
export { NoSuchStateError } from './errors.js';
