/** For this lib's own tests and benchmarks. */
export { createRing, FLAG_MORE, type RingMessage, RingReader, RingWriter } from './ring-buffer.js';
export { OVERFLOW_BYTES_MAX } from './thread-endpoint.js';
