/**
 * Nexmark: `npm run bench -- nexmark [--only q5,q8] [--seconds N] [--rate EVENT-TIME-RATE] [--vs flink] [--heap 4g] [--json]`. One process a query,
 * parallelism 1, exactly-once checkpoints every 10 s to the local disk, the generator included. Answers are checked by
 * test/nexmark-queries.test.ts. With `--vs flink` each query runs on Apache Flink right after.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildFlinkPeer, type PeerFigures, runFlinkPeer } from '../peers/flink.js';
import { round3 } from '../measure.js';
import { commit } from '../report.js';
import { QUERIES } from './queries/index.js';

interface QueryFigures extends PeerFigures {
  readonly note: string;
  readonly results: number;
}
interface Row extends QueryFigures {
  readonly flink?: PeerFigures;
  /** Records per second of consumed core time, Weir's / Flink's. */
  readonly ratio?: number;
  /** The same after the generator's cost was taken off on both sides; undefined where the rest is too small to tell. */
  readonly ratioWithoutGenerator?: number;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' }, seconds: { type: 'string', default: '12' }, rate: { type: 'string', default: '100000' }, vs: { type: 'string' }, heap: { type: 'string', default: '4g' },
    json: { type: 'boolean', default: false },
  },
});
if (values.vs !== undefined && values.vs !== 'flink') throw new Error(`--vs ${values.vs}: there is only flink to compare with`);
const wanted = ['generator', ...(values.only?.split(',') ?? QUERIES.map(({ name }) => name))].filter((name, i, all) => all.indexOf(name) === i);
const worker = fileURLToPath(new URL('measure-query.ts', import.meta.url));

function measure(name: string): QueryFigures {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--conditions=@weir/source', '--import', 'tsx', worker, name, values.seconds, values.rate], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as QueryFigures;
}

/** Core time per record beyond the generator's; undefined below a tenth of the generator's, where it is noise. */
function ownCost(figures: PeerFigures, generator: PeerFigures): number | undefined {
  const cost = 1 / figures.recordsPerCoreS - 1 / generator.recordsPerCoreS;
  return cost * generator.recordsPerCoreS < 0.1 ? undefined : cost;
}

function compared(weir: QueryFigures, generators: Row | undefined): Row {
  if (values.vs === undefined) return weir;
  const flink = runFlinkPeer('NexmarkMain', [weir.name, values.seconds, values.rate], values.heap);
  const ratio = round3(weir.recordsPerCoreS / flink.recordsPerCoreS);
  const ours = generators === undefined ? undefined : ownCost(weir, generators);
  const theirs = generators?.flink === undefined ? undefined : ownCost(flink, generators.flink);
  return { ...weir, flink, ratio, ...(ours === undefined || theirs === undefined ? {} : { ratioWithoutGenerator: round3(theirs / ours) }) };
}

const geometricMean = (numbers: readonly number[]): number => Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
const million = (value: number): string => (value / 1e6).toFixed(2);
const peerCells = ({ flink, ratio, ratioWithoutGenerator }: Row): string =>
  flink === undefined ? '' : ` ${million(flink.recordsPerCoreS)} | **${ratio?.toFixed(1)}** | ${ratioWithoutGenerator?.toFixed(1) ?? '-'} | ${flink.peakRssMiB} |`;

if (values.vs !== undefined) buildFlinkPeer();
if (!values.json) {
  const versus = values.vs === undefined ? '' : ' Flink M per core s | ratio | without generator | Flink MiB |';
  console.log(`nexmark at ${values.rate} events/s of event time, parallelism 1, exactly-once every 10 s; commit ${commit()}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}\n`);
  console.log(`| query | M/s | M per core s | M events | M results | peak MiB |${versus} |`);
  console.log(`|---|---|---|---|---|---|${versus === '' ? '' : '---|---|---|---|'}---|`);
}
const rows: Row[] = [];
for (const name of wanted) {
  const row = compared(measure(name), rows[0]);
  rows.push(row);
  if (values.json) continue;
  console.log(`| ${name} | ${million(row.recordsPerS)} | ${million(row.recordsPerCoreS)} | ${million(row.events)} | ${million(row.results)} | ${row.peakRssMiB} |${peerCells(row)} ${row.note} |`);
}
const ratios = rows.slice(1).flatMap(({ ratio }) => ratio ?? []);
const withoutGenerator = rows.slice(1).flatMap(({ ratioWithoutGenerator }) => ratioWithoutGenerator ?? []);
const summary = ratios.length === 0 ? {} : {
  geometricMean: round3(geometricMean(ratios)), smallest: Math.min(...ratios),
  ...(withoutGenerator.length === 0 ? {} : { geometricMeanWithoutGenerator: round3(geometricMean(withoutGenerator)), smallestWithoutGenerator: Math.min(...withoutGenerator) }),
};
if (values.json) console.log(JSON.stringify({ suite: 'nexmark', commit: commit(), ...summary, results: rows }, undefined, 2));
else if (ratios.length > 0) console.log(`\nratios over ${ratios.length} queries: ${JSON.stringify(summary)}`);
