/** How many cores the machine has for us at this moment, seen by threads that share nothing. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Seconds that the slowest of `threads` threads takes for the hand-written loop over `records` records each. */
export async function loopInThreads(threads: number, records: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./loop.thread.mjs', import.meta.url), { workerData: { records }, execArgv: ['--conditions=@weir/source'] }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const results = workers.map((worker) => once(worker, 'message') as Promise<[{ readonly ms: number }]>);
  for (const worker of workers) worker.postMessage('go');
  const took = await Promise.all(results);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return Math.max(...took.map(([{ ms }]) => ms)) / 1000;
}
