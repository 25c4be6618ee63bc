/**
 * `npm run simulate -- [--seeds N] [--from S|today] [--seed N] [--minutes M] [--processes P] [--module job.ts] [--deployment process|cluster] [--record]
 *  [--points-at-least PERCENT] [--twice N] [--report FILE] [--log] [--break-at STEP] [-- --parameter VALUE …]`
 *
 * Without a module: a random job per seed. With one: its default export, which must be a job, on the files that --file PATH=REAL gives it.
 * `--from today` begins at seeds that belong to the date; `--twice N` runs the first N a second time, which must give the same history.
 * Exit code 0: all runs were right; 1: some were not, or too few points were reached; 2: the command line makes no sense.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isJobDefinition, type JobDefinition, parseJobArguments } from '@weir/datastream';
import { SeededRandom } from '@weir/ports';
import { countPoints, formatFailure, randomJob, simulate, type SimulateOptions, type SimulationFailure, type SimulationResult } from '../src/simulate/index.js';
import { addResult, formatTotals, noTotals, type Totals } from './campaign.js';
import { record } from './ledger.js';
import { runInProcesses, seedsGiven, tellTotals } from './seed-processes.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, minutes: { type: 'string' }, processes: { type: 'string' },
    module: { type: 'string' }, file: { type: 'string', multiple: true }, deployment: { type: 'string' },
    'break-at': { type: 'string' }, 'shrink-ms': { type: 'string' }, 'points-at-least': { type: 'string' }, record: { type: 'boolean' }, log: { type: 'boolean' },
    twice: { type: 'string' }, report: { type: 'string' },
  },
});

type NumberOption = 'seeds' | 'from' | 'seed' | 'minutes' | 'processes' | 'break-at' | 'shrink-ms' | 'points-at-least' | 'twice';

function whole(name: NumberOption, otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) stop(`--${name} takes a whole number, not ${text}`);
  return value;
}
function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2); // what follows would run with a command line that makes no sense; nothing has begun
}
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const { deployment } = values;
if (deployment !== undefined && deployment !== 'process' && deployment !== 'cluster') stop(`--deployment is process or cluster, not ${deployment}`);
const only = values.seed !== undefined;
const from = values.from === 'today' ? seedsOfToday() : whole('seed', whole('from', 1));
const minutes = whole('minutes', 0);
const seeds = only ? 1 : whole('seeds', minutes > 0 ? 1_000_000 : 50);
const processes = only ? 1 : whole('processes', 1);
const deadlineMs = minutes > 0 ? performance.now() + minutes * 60_000 : Infinity;
const twice = whole('twice', 0);
const commit = revision();
let given = 0;

if (process.send !== undefined) tellTotals(await run(seedsGiven()));
else {
  if (values.from === 'today') print(`seeds from ${from}`);
  process.exitCode = conclude(processes > 1 ? await runInProcesses(processes, argumentsOfPart(), nextSeed, print) : await run(seedsHere()));
}

/** Ten thousand a day: 202611210000. */
function seedsOfToday(): number {
  return Number(new Date().toISOString().slice(0, 10).replaceAll('-', '')) * 10_000;
}

function nextSeed(): number | undefined {
  return given < seeds && performance.now() < deadlineMs ? from + given++ : undefined;
}
function* seedsHere(): Generator<number> {
  for (let seed = nextSeed(); seed !== undefined; seed = nextSeed()) yield seed;
}

/** What the whole campaign was given, but for what only the whole does. */
function argumentsOfPart(): string[] {
  const args = process.argv.slice(2);
  const own = (word: string | undefined): boolean => /^--(from|processes|report|record)(=|$)/.test(word ?? '');
  return ['--from', String(from), ...args.filter((word, i) => !own(word) && !(own(args[i - 1]) && !/=|record/.test(args[i - 1])))];
}

async function run(seedsToRun: Iterable<number> | AsyncIterable<number>): Promise<Totals> {
  const totals = noTotals();
  const started = process.cpuUsage();
  const module = values.module === undefined ? undefined : await load(values.module);
  const files = Object.fromEntries((values.file ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) stop(`--file takes PATH=REAL, not ${pair}`);
    return [pair.slice(0, at), readFileSync(pair.slice(at + 1))];
  }));
  const hashes: string[] = [];
  const once = async (seed: number): Promise<{ readonly result: SimulationResult; readonly text: string }> => {
    const drawn = module === undefined ? randomJob(new SeededRandom(`${seed}/job`)) : undefined;
    const text = drawn?.text ?? (module as JobDefinition<unknown>).name;
    if (only) print(`job       ${text}`);
    const options = optionsOf(seed, files, (traceHash) => hashes.push(traceHash));
    return { result: drawn === undefined ? await simulate(module as JobDefinition<unknown>, options) : await simulate(drawn.job, options), text };
  };
  for await (const seed of seedsToRun) {
    const startedMs = performance.now();
    const { result, text } = await once(seed);
    addResult(totals, result, performance.now() - startedMs);
    for (const failure of result.failures) tell(failure, text);
    if (seed >= from + twice) continue;
    await once(seed);
    const [other, first] = [hashes.at(-1), hashes.at(-2)];
    totals.repeated++;
    if (first === other) continue;
    totals.failures++;
    print(`FAILED    seed ${seed} gave two histories: trace ${first}, then ${other}`);
  }
  const { user, system } = process.cpuUsage(started);
  totals.cpuSeconds = (user + system) / 1e6;
  return totals;
}

function optionsOf(seed: number, files: Record<string, Uint8Array>, ran: (traceHash: string) => void): SimulateOptions {
  return {
    from: seed, seeds: 1, onFailure: 'collect', commit, ...(deployment === 'process' || deployment === 'cluster' ? { deployment } : {}),
    input: { parameters: parseJobArguments(positionals), files },
    replay: (one) => ['npm run simulate -- --seed', one, ...(values.module === undefined ? [] : ['--module', values.module]), ...(values.file ?? []).map((pair) => `--file ${pair}`),
      ...(deployment === undefined ? [] : ['--deployment', deployment]), ...(positionals.length > 0 ? ['--', ...positionals] : [])].join(' '),
    onRun: ({ traceHash, traceLines, logLines }) => {
      ran(traceHash);
      if (only) print([...traceLines, ...(values.log === true ? logLines() : [])].map((line) => `  ${line}`).join('\n'));
    },
    ...(values['break-at'] === undefined ? {} : { breakAtStep: whole('break-at', 0) }),
    shrinkMs: whole('shrink-ms', values['break-at'] !== undefined ? 0 : only ? 30_000 : 5000),
  };
}

function conclude(totals: Totals): number {
  for (const text of totals.notCompared) print(`not compared: ${text}`);
  const points = countPoints(new Map(Object.entries(totals.sightings)));
  const missed = [...points].filter(([, count]) => count === 0).map(([name]) => name);
  const percent = (100 * (points.size - missed.length)) / points.size;
  if (!only) {
    for (const [name, count] of points) if (count > 0) print(`reached ${count} times: ${name}`);
    for (const name of missed) print(`not reached: ${name}`);
    print(`${points.size - missed.length} of ${points.size} points reached`);
  }
  if (values.record === true) record(totals, { commit, job: values.module ?? 'random', from, points });
  print(formatTotals(totals));
  const enough = percent >= whole('points-at-least', 0);
  if (!enough) print(`only ${percent.toFixed(1)} % of the points were reached`);
  if (totals.seeds < seeds && minutes > 0 && values.seeds !== undefined) print(`only ${totals.seeds} of ${seeds} seeds were run within ${minutes} minutes`);
  if (values.report !== undefined) {
    const failed = totals.failures + (enough ? 0 : 1);
    const checks = totals.seeds + totals.repeated + 1; // each seed, each repetition, the points
    writeFileSync(values.report, JSON.stringify({ passed: Math.max(0, checks - failed), failed, from }));
  }
  return totals.failures === 0 && enough ? 0 : 1;
}

function tell(failure: SimulationFailure, text: string): void {
  print(`FAILED    ${text}\n${formatFailure(failure)}\n`);
}

async function load(path: string): Promise<JobDefinition<unknown>> {
  const loaded = (await import(pathToFileURL(resolve(process.env['INIT_CWD'] ?? '.', path)).href)) as { default?: unknown };
  if (!isJobDefinition(loaded.default)) stop(`${path} does not export a job as its default: export default defineJob(…)`);
  return loaded.default;
}

function revision(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'no revision'; // an unpacked archive has none, and none is needed
  }
}
