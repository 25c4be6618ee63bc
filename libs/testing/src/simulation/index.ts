export { EventLoop, type EventOwner } from './event-loop.js';
export { type Delivery, type NetworkOptions, type NetworkTotals, SimulatedTransport } from './simulated-transport.js';
export { SimulatedNode } from './simulated-node.js';
export { SimulatedWorld, type SimulatedWorldOptions, SimulationError, type UntilOptions } from './simulated-world.js';
