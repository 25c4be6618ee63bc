/** Writes numbered messages of all sizes into a ring as fast as there is room. */
import { workerData } from 'node:worker_threads';
import { RingWriter } from '../../src/internal.js';
import { messageAt } from './ring-messages.js';

const { memory, count, maxBytes } = workerData as { memory: SharedArrayBuffer; count: number; maxBytes: number };
const writer = new RingWriter(memory);
for (let i = 0; i < count; i++) {
  const message = messageAt(i, maxBytes);
  while (!writer.tryWrite(`s.${i % 7}`, 0, i, 1, message, 0, message.length)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.01);
}
