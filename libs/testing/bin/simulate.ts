/**
 * `npm run simulate -- [--seeds N] [--from S] [--seed N] [--module job.ts] [--break-at STEP] [--record] [-- --parameter VALUE …]`
 *
 * Without a module: a random job per seed. With one: its default export, which must be a job, on the files that --file PATH=REAL gives it.
 * Exit code 0: all runs were right; 1: some were not; 2: the command line makes no sense.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isJobDefinition, type JobDefinition, parseJobArguments } from '@weir/datastream';
import { SeededRandom } from '@weir/ports';
import { FAULT_CLASSES, type FaultClass, formatFailure, randomJob, simulate, type SimulateOptions, type SimulationFailure } from '../src/simulate/index.js';

const LEDGER = fileURLToPath(new URL('../../../docs/reliability-ledger.md', import.meta.url));
const LEDGER_HEAD = '# Simulation ledger\n\nEach line is one campaign of `npm run simulate -- --record`.\n\n'
  + `| date | commit | job | seeds | failures | virtual hours | messages | recoveries | median ms a seed | ${FAULT_CLASSES.join(' | ')} |\n|${'---|'.repeat(9 + FAULT_CLASSES.length)}\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, module: { type: 'string' }, file: { type: 'string', multiple: true },
    'break-at': { type: 'string' }, record: { type: 'boolean' },
  },
});

function whole(name: 'seeds' | 'from' | 'seed' | 'break-at', otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) stop(`--${name} takes a whole number, not ${text}`);
  return value;
}
function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const only = values.seed !== undefined;
const from = whole('seed', whole('from', 1));
const seeds = only ? 1 : whole('seeds', 50);
const commit = revision();
const given = values.module === undefined ? undefined : await load(values.module);
const files = Object.fromEntries((values.file ?? []).map((pair) => {
  const at = pair.indexOf('=');
  if (at < 1) stop(`--file takes PATH=REAL, not ${pair}`);
  return [pair.slice(0, at), readFileSync(pair.slice(at + 1))];
}));

const totals = { failures: 0, virtualMs: 0, messages: 0, recoveries: 0 };
const faults = Object.fromEntries(FAULT_CLASSES.map((kind) => [kind, 0])) as Record<FaultClass, number>;
const seedMs: number[] = [];
const notCompared = new Set<string>();
const started = process.cpuUsage();

for (let seed = from; seed < from + seeds; seed++) {
  const drawn = given === undefined ? randomJob(new SeededRandom(`${seed}/job`)) : { job: given, text: given.name };
  if (only) print(`job       ${drawn.text}`);
  const options: SimulateOptions = {
    from: seed, seeds: 1, onFailure: 'collect', commit,
    input: { parameters: parseJobArguments(positionals), files },
    replay: (one) => ['npm run simulate -- --seed', one, ...(values.module === undefined ? [] : ['--module', values.module]), ...(values.file ?? []).map((pair) => `--file ${pair}`),
      ...(positionals.length > 0 ? ['--', ...positionals] : [])].join(' '),
    ...(only ? { shrinkMs: 30_000, onRun: (run) => print(run.traceLines.map((line) => `  ${line}`).join('\n')) } : {}),
    ...(values['break-at'] === undefined ? {} : { breakAtStep: whole('break-at', 0), shrinkMs: 0 }),
  };
  const startedMs = performance.now();
  const result = await simulate(drawn.job, options);
  seedMs.push(performance.now() - startedMs);
  totals.failures += result.failures.length;
  totals.virtualMs += result.virtualMs;
  totals.messages += result.messages;
  totals.recoveries += result.recoveries;
  for (const kind of FAULT_CLASSES) faults[kind] += result.faultsByClass[kind];
  for (const text of result.notCompared) notCompared.add(text.replace(/\d+/g, 'N'));
  for (const failure of result.failures) tell(failure, drawn.text);
}

const cpu = process.cpuUsage(started);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const hours = (totals.virtualMs / 3_600_000).toFixed(2);
const sorted = [...seedMs].sort((a, b) => a - b);
const median = Math.round(sorted[sorted.length >> 1] ?? 0);
for (const text of notCompared) print(`not compared: ${text}`);
if (values.record === true) record();
print(`${seeds} seeds, ${totals.failures} failures, ${hours} virtual hours, ${totals.messages} messages (${Math.round(totals.messages / cpuSeconds)} a core second), `
  + `${totals.recoveries} recoveries, ${median} ms a seed; faults: ${FAULT_CLASSES.map((kind) => `${kind} ${faults[kind]}`).join(', ')}`);
process.exit(totals.failures === 0 ? 0 : 1);

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

function record(): void {
  if (!existsSync(LEDGER)) writeFileSync(LEDGER, LEDGER_HEAD);
  const cells = [new Date().toISOString().slice(0, 10), commit, given?.name ?? 'random', seeds, totals.failures, hours, totals.messages, totals.recoveries, median, ...FAULT_CLASSES.map((kind) => faults[kind])];
  appendFileSync(LEDGER, `| ${cells.join(' | ')} |\n`);
}
