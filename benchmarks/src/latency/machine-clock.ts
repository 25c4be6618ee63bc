/** Milliseconds of the machine's monotonic clock: the same in all threads and processes, unlike `performance.now()`, whose zero is each thread's own start. */
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export function machineNow(): number {
  return performance.now() + offsetMs;
}
