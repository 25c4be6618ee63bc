export { type Divergence, formatDivergence } from './divergence.js';
export { SimulationFailedError, SimulationUnsupportedError } from './errors.js';
export { formatFailure, type SimulationFailure } from './failure.js';
export { type AimPoint, type Deployment, type Fault, FAULT_CLASSES, type FaultClass, type FaultOptions, type FaultTime, formatFault } from './faults.js';
export { simulate, type SimulateOptions, type SimulationResult } from './simulate.js';
export type { SimulatedRun } from './simulated-run.js';
export { randomJob } from './random-job.js';
export { countPoints } from './sometimes.js';
