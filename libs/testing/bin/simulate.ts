/**
 * `npm run simulate -- [--seeds N] [--from S] [--seed N] [--minutes M] [--processes P] [--module job.ts] [--deployment process|cluster] [--record]
 *  [--points-at-least PERCENT] [--log] [--break-at STEP] [-- --parameter VALUE …]`
 *
 * Without a module: a random job per seed. With one: its default export, which must be a job, on the files that --file PATH=REAL gives it.
 * Exit code 0: all runs were right; 1: some were not, or too few points were reached; 2: the command line makes no sense.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isJobDefinition, type JobDefinition, parseJobArguments } from '@weir/datastream';
import { SeededRandom } from '@weir/ports';
import { countPoints, formatFailure, randomJob, simulate, type SimulateOptions, type SimulationFailure } from '../src/simulate/index.js';
import { add, addResult, formatTotals, noTotals, type Totals } from './campaign.js';
import { record } from './ledger.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, minutes: { type: 'string' }, processes: { type: 'string' },
    module: { type: 'string' }, file: { type: 'string', multiple: true }, deployment: { type: 'string' },
    'break-at': { type: 'string' }, 'shrink-ms': { type: 'string' }, 'points-at-least': { type: 'string' }, record: { type: 'boolean' }, log: { type: 'boolean' },
    /** Internal: one process of several; every so many seeds. */
    step: { type: 'string' },
  },
});

type NumberOption = 'seeds' | 'from' | 'seed' | 'minutes' | 'processes' | 'break-at' | 'shrink-ms' | 'points-at-least' | 'step';

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
const from = whole('seed', whole('from', 1));
const minutes = whole('minutes', 0);
const seeds = only ? 1 : whole('seeds', minutes > 0 ? 1_000_000 : 50);
const processes = only ? 1 : whole('processes', 1);
const deadlineMs = minutes > 0 ? performance.now() + minutes * 60_000 : Infinity;
const commit = revision();

if (process.send !== undefined) {
  process.send(await runHere());
  process.disconnect();
} else {
  process.exitCode = conclude(processes > 1 ? await runInProcesses() : await runHere());
}

async function runHere(): Promise<Totals> {
  const totals = noTotals();
  const started = process.cpuUsage();
  const given = values.module === undefined ? undefined : await load(values.module);
  const files = Object.fromEntries((values.file ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) stop(`--file takes PATH=REAL, not ${pair}`);
    return [pair.slice(0, at), readFileSync(pair.slice(at + 1))];
  }));
  for (let seed = from; seed < from + seeds && performance.now() < deadlineMs; seed += whole('step', 1)) {
    const drawn = given === undefined ? randomJob(new SeededRandom(`${seed}/job`)) : { job: given, text: given.name };
    if (only) print(`job       ${drawn.text}`);
    const startedMs = performance.now();
    const result = await simulate(drawn.job, optionsOf(seed, files));
    addResult(totals, result, performance.now() - startedMs);
    for (const failure of result.failures) tell(failure, drawn.text);
  }
  const { user, system } = process.cpuUsage(started);
  totals.cpuSeconds = (user + system) / 1e6;
  return totals;
}

function optionsOf(seed: number, files: Record<string, Uint8Array>): SimulateOptions {
  return {
    from: seed, seeds: 1, onFailure: 'collect', commit, ...(deployment === 'process' || deployment === 'cluster' ? { deployment } : {}),
    input: { parameters: parseJobArguments(positionals), files },
    replay: (one) => ['npm run simulate -- --seed', one, ...(values.module === undefined ? [] : ['--module', values.module]), ...(values.file ?? []).map((pair) => `--file ${pair}`),
      ...(deployment === undefined ? [] : ['--deployment', deployment]), ...(positionals.length > 0 ? ['--', ...positionals] : [])].join(' '),
    ...(only ? { onRun: (run) => print([...run.traceLines, ...(values.log === true ? run.logLines() : [])].map((line) => `  ${line}`).join('\n')) } : {}),
    ...(values['break-at'] === undefined ? {} : { breakAtStep: whole('break-at', 0) }),
    shrinkMs: whole('shrink-ms', values['break-at'] !== undefined ? 0 : only ? 30_000 : 5000),
  };
}

/** The seeds in turn, each process every so many; a process that does not answer counts as one failure. */
async function runInProcesses(): Promise<Totals> {
  const totals = noTotals();
  const script = fileURLToPath(import.meta.url);
  const passed = process.argv.slice(2).filter((_, i, all) => ![all[i], all[i - 1]].some((word) => ['--from', '--seeds', '--processes'].includes(word ?? '')) && all[i] !== '--record');
  const run = (part: number): Promise<void> => new Promise((done) => {
    const args = ['--from', String(from + part), '--seeds', String(Math.max(0, seeds - part)), '--step', String(processes)];
    const child = spawn(process.execPath, [...process.execArgv, script, ...args, ...passed], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let told = false;
    child.on('message', (message) => {
      told = true;
      add(totals, message as Totals);
    });
    child.on('exit', (code, signal) => {
      if (!told) {
        totals.failures++;
        print(`FAILED    a process of the campaign ended with ${signal ?? code}`);
      }
      done();
    });
  });
  await Promise.all(Array.from({ length: processes }, (_, part) => run(part)));
  return totals;
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
