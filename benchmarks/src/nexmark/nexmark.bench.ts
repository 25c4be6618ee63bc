/**
 * Nexmark: `npm run bench -- nexmark [--only q5,q8] [--seconds N] [--rate EVENT-TIME-RATE] [--json]`. One process a query, parallelism 1,
 * exactly-once checkpoints every 10 s to the local disk, the generator included. Answers are checked by test/nexmark-queries.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commit } from '../report.js';
import { QUERIES } from './queries/index.js';

interface QueryFigures {
  readonly name: string;
  readonly note: string;
  readonly events: number;
  readonly results: number;
  readonly recordsPerS: number;
  readonly recordsPerCoreS: number;
  readonly cores: number;
  readonly peakRssMiB: number;
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '12' }, rate: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
});
const wanted = values.only?.split(',') ?? ['generator', ...QUERIES.map(({ name }) => name)];
const worker = fileURLToPath(new URL('measure-query.ts', import.meta.url));

function measure(name: string): QueryFigures {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--conditions=@weir/source', '--import', 'tsx', worker, name, values.seconds, values.rate], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as QueryFigures;
}

const results: QueryFigures[] = [];
const million = (value: number): string => (value / 1e6).toFixed(2);
if (!values.json) {
  console.log(`nexmark at ${values.rate} events/s of event time, parallelism 1, exactly-once every 10 s; M events; commit ${commit()}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}\n`);
  console.log('| query | M/s | M per core s | events | results | peak MiB | |');
  console.log('|---|---|---|---|---|---|---|');
}
for (const name of wanted) {
  const figures = measure(name);
  results.push(figures);
  if (!values.json) console.log(`| ${name} | ${million(figures.recordsPerS)} | ${million(figures.recordsPerCoreS)} | ${million(figures.events)} | ${million(figures.results)} | ${figures.peakRssMiB} | ${figures.note} |`);
}
if (values.json) console.log(JSON.stringify({ suite: 'nexmark', commit: commit(), results }, undefined, 2));
