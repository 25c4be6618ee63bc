/** Writes campaigns down in docs/reliability-ledger.md: a line for each, and the points of the last one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAULT_CLASSES } from '../src/simulate/index.js';
import { medianSeedMs, type Totals } from './campaign.js';

const LEDGER = fileURLToPath(new URL('../../../docs/reliability-ledger.md', import.meta.url));
/** The table of campaigns on clusters, to its end. */
const CAMPAIGNS = /## Clusters\n[^]*?\n(?:\|.*\n)+/;
/** To the next section. */
const POINTS = /## Points of the last campaign\n[^]*?(?=\n## |$)/;

export interface Campaign {
  readonly commit: string;
  readonly job: string;
  readonly from: number;
  readonly points: ReadonlyMap<string, number>;
}

export function record(totals: Totals, { commit, job, from, points }: Campaign): void {
  const reached = [...points.values()].filter((count) => count > 0).length;
  const faults = FAULT_CLASSES.map((kind) => `${kind} ${totals.faults[kind]}`).join(', ');
  const cells = [
    new Date().toISOString().slice(0, 10), commit, job, `${totals.seeds} from ${from}`, totals.failures, (totals.virtualMs / 3_600_000).toFixed(2), totals.messages,
    Math.round(totals.messages / totals.cpuSeconds), totals.checkpoints, totals.recoveries, medianSeedMs(totals), `${reached} of ${points.size}`, faults,
  ];
  const table = `## Points of the last campaign\n\n| point | times seen |\n|---|---|\n${[...points].map(([name, count]) => `| ${name} | ${count} |\n`).join('')}`;
  writeFileSync(LEDGER, readFileSync(LEDGER, 'utf8').replace(CAMPAIGNS, (campaigns) => `${campaigns}| ${cells.join(' | ')} |\n`).replace(POINTS, () => table));
}
