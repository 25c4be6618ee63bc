// Loaded into the processes under test with `--import`: writes what only they can see, one line each ten seconds, to `$WEIR_CHAOS_PROBE/<pid>.jsonl`.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.WEIR_CHAOS_PROBE;
if (isMainThread && folder !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  setInterval(() => {
    const counts = {};
    for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
    const { rss, heapUsed, external } = process.memoryUsage();
    const line = { at: Date.now(), loopP99Ms: delay.percentile(99) / 1e6, loopMaxMs: delay.max / 1e6, rss, heapUsed, external, timers: counts.Timeout ?? 0, resources: process.getActiveResourcesInfo().length };
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(line)}\n`);
    delay.reset();
  }, Number(process.env.WEIR_CHAOS_PROBE_MS ?? 10_000)).unref();
}
