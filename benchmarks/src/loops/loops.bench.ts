/**
 * The engine beside hand-written loops (`stateless-chain`, `keyed-count`, `keyed-tumbling-window`), with watermarks and exactly-once
 * checkpoints every 10 s, after eight other jobs in this process; and what a checkpoint every second costs.
 *
 *   npm run bench -- loops [--json] [--seconds N] [--rounds N] [--only NAME]
 *   npm run bench -- loops --vs flink [--flink-parallelism 1,2] [--heap 2g]      beside Apache Flink instead of the loops
 */
import { parseArgs } from 'node:util';
import { type Comparison, compare } from '../measure.js';
import { printReport } from '../report.js';
import { runJob } from '../run-job.js';
import { besideFlink } from './beside-flink.js';
import { runOtherJobs } from './other-jobs.js';
import { keyedCount, keyedCountShuffled, keyedTumblingWindow, statelessChain, type Workload } from './workloads.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '12' }, rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' },
    vs: { type: 'string' }, 'flink-parallelism': { type: 'string', default: '1,2' }, heap: { type: 'string', default: '2g' },
  },
});
if (values.vs !== undefined && values.vs !== 'flink') throw new Error(`--vs ${values.vs}: there is only flink to compare with`);
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const EVERY_10_S = { 'execution.checkpointing.interval': '10 s' };
const EVERY_SECOND = { 'execution.checkpointing.interval': '1 s' };

/** Runs the job and checks its output against the loop's. */
function engine(workload: Workload, records: number, expected: { sum: number }, settings: Readonly<Record<string, string>>): () => Promise<void> {
  return async () => {
    const total = { sum: 0 };
    await runJob(workload.job(records, total), settings);
    if (total.sum !== expected.sum) throw new Error(`${workload.name}: the job gave ${total.sum}, the loop ${expected.sum}`);
  };
}

const workloads = [statelessChain, keyedCount, keyedTumblingWindow, keyedCountShuffled].filter(({ name }) => name.includes(values.only));
const others = await runOtherJobs();
if (values.vs !== undefined) {
  await besideFlink({ workloads, others, seconds, rounds, parallelisms: values['flink-parallelism'].split(',').map(Number), heap: values.heap, json: values.json });
  process.exit(0); // the rest of this module compares with the loops, which was not asked for
}
const results: Comparison[] = [];
for (const workload of workloads) {
  // Both sides warm, then as many records as fill the asked-for time.
  const warmUp = workload.expectedRecordsPerS;
  const expected = { sum: workload.loop(warmUp) };
  const started = performance.now();
  await engine(workload, warmUp, expected, EVERY_10_S)();
  const records = Math.round((warmUp / ((performance.now() - started) / 1000)) * seconds);
  const reference = (): void => { expected.sum = workload.loop(records); };
  results.push(await compare({ name: workload.name, note: workload.note, records, rounds, reference, measured: engine(workload, records, expected, EVERY_10_S) }));
  if (workload === statelessChain || workload === keyedCountShuffled) continue;
  results.push(await compare({
    name: `${workload.name}-checkpoint-every-second`, note: 'the same job with a checkpoint every second; reference: every 10 s', records, rounds,
    reference: engine(workload, records, expected, EVERY_10_S), measured: engine(workload, records, expected, EVERY_SECOND),
  }));
}
printReport('loops', `after ${others} other jobs in the process, exactly-once, ${rounds} interleaved rounds of about ${seconds} s`, results, values.json);
