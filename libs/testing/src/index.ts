// simulation
export {
  EventLoop,
  type EventOwner,
  type NetworkOptions,
  type NetworkTotals,
  SimulatedNode,
  SimulatedTransport,
  SimulatedWorld,
  type SimulatedWorldOptions,
  SimulationError,
  type UntilOptions,
} from './simulation/index.js';

// connectors
export {
  connectorServices,
  sinkContext,
  type SinkContextOptions,
  SourceHarness,
  type SourceHarnessOptions,
  type SourceHarnessState,
  type TakenRecord,
} from './connectors/index.js';
// operators
export { type HarnessOptions, type HarnessProgram, type HarnessSnapshot, OperatorHarness } from './harness/index.js';
// simulations of users' jobs
export {
  type AimPoint,
  type Deployment,
  type Divergence,
  type Fault,
  FAULT_CLASSES,
  type FaultClass,
  type FaultOptions,
  type FaultTime,
  formatDivergence,
  formatFailure,
  formatFault,
  simulate,
  type SimulatedRun,
  type SimulateOptions,
  SimulationFailedError,
  type SimulationFailure,
  type SimulationResult,
  SimulationUnsupportedError,
} from './simulate/index.js';
