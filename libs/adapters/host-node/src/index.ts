export { SystemClock } from './system-clock.js';
export { SystemTimers } from './system-timers.js';
export { SystemRandom } from './system-random.js';
export { ConsoleLogger, type ConsoleLoggerOptions } from './console-logger.js';
export { currentProcess, identityOf, isAlive, type ProcessIdentity } from './process-identity.js';
