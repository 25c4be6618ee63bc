/** Answers on a plain port: the reference of the round trip. */
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (message) => parentPort.postMessage(message));
