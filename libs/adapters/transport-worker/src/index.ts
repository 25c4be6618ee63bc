// the hub, in the main thread
export { RING_BYTES_DEFAULT, WorkerHub, type WorkerHubOptions } from './worker-hub.js';
export type { Upstream } from './upstream.js';
// threads
export { type ThreadExit, WorkerThread, type WorkerThreadOptions } from './worker-thread.js';
export { type EnteredThread, enterThread } from './enter-thread.js';
export { type ThreadAdmission, WorkerTransport, type WorkerTransportOptions } from './worker-transport.js';
export { ThreadStartError } from './errors.js';
