/**
 * Fails when the hot path has become slower: each loops workload's cost, relative to the hand-written loop in the same process, beside the checked-in baseline.
 *
 *   npm run bench -- guard [--json] [--rounds N] [--attempts N] [--only NAME]
 *   npm run bench -- guard --update [--processes N]    the least of five processes a workload becomes the baseline
 *   npm run bench -- guard --added-cost 0.2       with an engine that was made slower by so much: must fail
 *   npm run bench -- guard --baseline FILE        another baseline
 *
 * Exits with 1 if a workload is more than 15 % above its baseline in up to three processes. The baseline belongs to a kind of machine and a version of Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round3 } from '../measure.js';
import { commit, machine, printTable } from '../report.js';
import { type Baseline, costOf, judgeRepeatedly, type Rounds, together } from './verdict.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false }, update: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' }, attempts: { type: 'string', default: '3' },
    only: { type: 'string', default: '' }, processes: { type: 'string', default: '5' }, 'added-cost': { type: 'string', default: '0' }, baseline: { type: 'string', default: fileURLToPath(new URL('baseline.json', import.meta.url)) },
  },
});
const WORKLOADS = ['stateless-chain', 'keyed-count', 'keyed-count-shuffled', 'keyed-tumbling-window'];
/** Workloads whose names start so. */
const wanted = WORKLOADS.filter((name) => name.startsWith(values.only));

/** V8 compiles and collects in the one thread: with threads of its own a busy machine makes it run unoptimized code for longer, and CPU time follows the load. */
function measure(name: string): Rounds {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    '--expose-gc', '--single-threaded', '--conditions=@weir/source', '--import', 'tsx', fileURLToPath(new URL('measure-guard.ts', import.meta.url)), name, values.rounds, values['added-cost'],
  ], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Rounds;
}

function update(): void {
  const costs = Object.fromEntries(wanted.map((name) => [name, round3(costOf(together(Array.from({ length: Number(values.processes) }, () => measure(name)))))]));
  const before = wanted.length === WORKLOADS.length || !existsSync(values.baseline) ? {} : read().costs;
  writeFileSync(values.baseline, `${JSON.stringify({ machine: machine(), commit: commit(), costs: { ...before, ...costs } }, undefined, 2)}\n`);
  console.log(JSON.stringify(costs));
}

function read(): { readonly costs: Baseline } {
  return JSON.parse(readFileSync(values.baseline, 'utf8')) as { costs: Baseline };
}

if (values.update) {
  update();
} else {
  const { costs } = read();
  const load = loadavg()[0];
  const verdicts = wanted.map((name) => judgeRepeatedly(name, costs, Number(values.attempts), () => measure(name)));
  const percent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
  printTable('guard', `CPU time of the engine / of the loop, the least of ${values.rounds} interleaved rounds each; load ${load.toFixed(1)}`, {
    workload: (r) => r.name, cost: (r) => r.cost.toFixed(3), baseline: (r) => r.baseline.toFixed(3), change: (r) => percent(r.change), processes: (r) => String(r.attempts),
    verdict: (r) => (r.tooSlow ? '**too slow**' : r.outdated ? 'much faster: take a new baseline' : 'ok'),
  }, verdicts, values.json);
  process.exitCode = verdicts.some(({ tooSlow }) => tooSlow) ? 1 : 0;
}
