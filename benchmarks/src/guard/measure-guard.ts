/**
 * One workload of the guard in a process of its own: `measure-guard.ts <workload> <rounds> <added cost>`. Eight other jobs, warm-up, then the loop and the job
 * in turn; prints their CPU times as a line of JSON. With an added cost, e.g. 0.2, the engine has so much more work per record.
 */
import { runOtherJobs } from '../loops/other-jobs.js';
import { keyedCountOf, keyedCountShuffledOf, keyedTumblingWindow, notSlowed, type Slowing, statelessChain, type Workload } from '../loops/workloads.js';
import { timed } from '../measure.js';
import { runJob } from '../run-job.js';
import { slowedBy } from './slowed.js';
import type { Rounds } from './verdict.js';

const [name, roundsText, addedText] = process.argv.slice(2);
/** Enough for a few tenths of a second. */
const RECORDS: Readonly<Record<string, number>> = { 'stateless-chain': 100_000_000, 'keyed-count': 4_000_000, 'keyed-count-shuffled': 2_000_000, 'keyed-tumbling-window': 4_000_000 };
/** Few enough for the caches near the core: with many, the time of both sides is that of memory, which neighbours use too. */
const KEYS = 1000;
const WARM_UP_ROUNDS = 3;
const SETTINGS = { 'execution.checkpointing.interval': '10 s' };

const workload = [statelessChain, keyedCountOf(KEYS), keyedTumblingWindow, keyedCountShuffledOf(KEYS)].find((it) => it.name === name) as Workload;
const records = RECORDS[workload.name];
const expected = workload.loop(records);

async function loop(): Promise<number> {
  return (await timed(() => check(workload.loop(records)))).cpuMs;
}

async function engine(slowing: Slowing): Promise<number> {
  const total = { sum: 0 };
  const { cpuMs } = await timed(async () => void (await runJob(workload.job(records, total, slowing), SETTINGS)));
  check(total.sum);
  return cpuMs;
}

function check(sum: number): void {
  if (sum !== expected) throw new Error(`${name} gave ${sum} instead of ${expected}`);
}

async function least(times: number, run: () => Promise<number>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < times; i++) least = Math.min(least, await run());
  return least;
}

/** How much work makes the engine dearer by `added`: from its cost with none and with a lot. */
async function slowingFor(added: number): Promise<Slowing> {
  if (added === 0) return notSlowed;
  const plain = await least(4, () => engine(slowedBy(0)));
  const probe = 16 * 32;
  const perUnit = (await least(4, () => engine(slowedBy(probe))) - plain) / probe;
  return slowedBy(Math.round((plain * added) / perUnit));
}

await runOtherJobs();
for (let i = 0; i < WARM_UP_ROUNDS; i++) {
  await loop();
  await engine(notSlowed);
}
const slowing = await slowingFor(Number(addedText));
const reference: number[] = [];
const measured: number[] = [];
for (let round = 0; round < Number(roundsText); round++) {
  reference.push(await loop());
  measured.push(await engine(slowing));
}
console.log(JSON.stringify({ reference, measured } satisfies Rounds));
