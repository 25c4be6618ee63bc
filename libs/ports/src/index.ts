export * from './clock.js';
export * from './timers.js';
export * from './random.js';
export * from './logger.js';
export * from './file-store.js';
export * from './file-store-by-scheme.js';
export * from './high-availability.js';
export * from './transport.js';
export * from './leader-register.js';
export * from './meter.js';
export * from './tracer.js';
export * from './transport-errors.js';
// fakes: each port in memory, for tests and simulations
export * from './fakes/index.js';
