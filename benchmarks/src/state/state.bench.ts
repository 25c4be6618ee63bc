/**
 * Keyed state by itself: the backends beside what lies under them, then state that is larger than memory (about ten minutes).
 *
 *   npm run bench -- state [--json] [--keys N] [--operations N] [--rounds N] [--large-keys N] [--limit-mib N]
 *   npm run bench -- state --only backends     the ratios alone: a Map, and LevelDB without a cache
 *   npm run bench -- state --only large        `large-state` alone: state of N keys in a process of its own, limited to so much memory
 *   npm run bench -- state --only pause        what snapshots of state on the heap do to a task
 */
import { parseArgs } from 'node:util';
import { commit, machine, printReport } from '../report.js';
import { measureHeapPause } from './heap-pause.js';
import { measureBackends } from './measure-backends.js';
import { type LargeStateResult, runLargeState } from './run-large-state.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, keys: { type: 'string', default: '' }, operations: { type: 'string', default: '400000' },
    rounds: { type: 'string', default: '3' }, 'large-keys': { type: 'string', default: '10000000' }, 'limit-mib': { type: 'string', default: '1024' },
  },
});
const parts = values.only === '' ? ['backends', 'large'] : [values.only];
const rounds = Number(values.rounds);
const say = (name: string, result: object): void => console.log(`\n${name}\n${Object.entries(result).map(([key, value]) => `  ${key.padEnd(20)} ${String(value)}`).join('\n')}`);

const results: object[] = [];
let large: LargeStateResult | undefined;
if (parts.includes('backends')) {
  const ratios = await measureBackends(Number(values.keys || 200_000), Number(values.operations), rounds);
  if (!values.json) printReport('state', `${values.operations} operations, ${values.rounds} interleaved rounds`, ratios, false);
  results.push(...ratios);
}
if (parts.includes('large')) {
  large = await runLargeState(Number(values['large-keys']), Number(values['limit-mib']));
  if (!values.json) say('large-state', large);
  results.push({ name: 'large-state', ...large });
}
if (parts.includes('pause')) {
  const pause = await measureHeapPause(Number(values.keys || 1_000_000), 4, rounds);
  if (!values.json) say('heap-pause', pause);
  results.push({ name: 'heap-pause', ...pause });
}
if (values.json) console.log(JSON.stringify({ suite: 'state', commit: commit(), machine: machine(), date: new Date().toISOString().slice(0, 10), results }, undefined, 2));
if (large?.restored === false) process.exitCode = 1;
