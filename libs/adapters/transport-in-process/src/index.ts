export { InProcessTransport } from './in-process-transport.js';
