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
