// A plain thread that runs the hand-written window loop: what the machine's cores give to two programs that share nothing.
import { parentPort, workerData } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const { keyedTumblingWindow } = await tsImport('../loops/workloads.ts', import.meta.url);
const { records } = workerData;
keyedTumblingWindow.loop(Math.min(records, 2_000_000)); // warm
parentPort.once('message', () => {
  const start = performance.now();
  const sum = keyedTumblingWindow.loop(records);
  parentPort.postMessage({ ms: performance.now() - start, sum });
});
parentPort.postMessage('ready');
