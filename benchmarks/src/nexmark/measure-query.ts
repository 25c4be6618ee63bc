/**
 * Measures one query in a process of its own: `measure-query.ts <query> <seconds> <events per second of event time>`. A warm-up run, then one run
 * of about the wanted length with exactly-once checkpoints; prints one line of JSON. `generator` is the source alone.
 */
import { defineJob, type JobDefinition } from '@weir/datastream';
import { runJob } from '../run-job.js';
import { timed } from '../measure.js';
import { DiscardSink } from './discard-sink.js';
import { nexmarkSource, nexmarkWatermarks } from './nexmark-source.js';
import { QUERIES } from './queries/index.js';

const SETTINGS = { 'execution.checkpointing.interval': '10 s', 'execution.checkpointing.mode': 'EXACTLY_ONCE' };
const WARM_UP_EVENTS = 1_000_000;

const [name, secondsText, rateText] = process.argv.slice(2);
const eventsPerSecond = Number(rateText);
const query = QUERIES.find((it) => it.name === name);
if (query === undefined && name !== 'generator') throw new Error(`there is no query ${name}; there are: generator, ${QUERIES.map((it) => it.name).join(', ')}`);

async function run(events: number): Promise<{ readonly wallMs: number; readonly cpuMs: number; readonly results: number }> {
  const seen = { results: 0 };
  const job = defineJob(name, (env) => {
    const source = env.fromSource(nexmarkSource(events, { eventsPerSecond }), nexmarkWatermarks, 'events').uid('events');
    (query === undefined ? source : query.build(source)).sinkTo(new DiscardSink(seen)).uid('discard');
  }) as JobDefinition<unknown>;
  const { wallMs, cpuMs } = await timed(async () => void (await runJob(job, SETTINGS)));
  return { wallMs, cpuMs, results: seen.results };
}

const first = process.hrtime.bigint();
const warmUp = await run(WARM_UP_EVENTS);
const events = Math.max(WARM_UP_EVENTS, Math.round(((WARM_UP_EVENTS / warmUp.wallMs) * Number(secondsText) * 1000) / 100_000) * 100_000);
const measured = await run(events);
console.log(JSON.stringify({
  name,
  note: query?.meaning ?? 'the source alone',
  events,
  results: measured.results,
  recordsPerS: Math.round((events / measured.wallMs) * 1000),
  recordsPerCoreS: Math.round((events / measured.cpuMs) * 1000),
  cores: Math.round((measured.cpuMs / measured.wallMs) * 100) / 100,
  peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  tookS: Number((process.hrtime.bigint() - first) / 1_000_000n) / 1000,
}));
