/** Writes campaigns down in docs/reliability-ledger.md: a line for each, and the points of the last one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAULT_CLASSES } from '../src/simulate/index.js';
import { medianSeedMs, type Totals } from './campaign.js';

const LEDGER = fileURLToPath(new URL('../../../docs/reliability-ledger.md', import.meta.url));
const POINTS_HEADING = '## Points of the last campaign';

export interface Campaign {
  readonly commit: string;
  readonly job: string;
  readonly from: number;
  readonly points: ReadonlyMap<string, number>;
}

export function record(totals: Totals, { commit, job, from, points }: Campaign): void {
  const [campaigns] = readFileSync(LEDGER, 'utf8').split(POINTS_HEADING);
  const reached = [...points.values()].filter((count) => count > 0).length;
  const faults = FAULT_CLASSES.map((kind) => `${kind} ${totals.faults[kind]}`).join(', ');
  const cells = [
    new Date().toISOString().slice(0, 10), commit, job, `${totals.seeds} from ${from}`, totals.failures, (totals.virtualMs / 3_600_000).toFixed(2), totals.messages,
    Math.round(totals.messages / totals.cpuSeconds), totals.checkpoints, totals.recoveries, medianSeedMs(totals), `${reached} of ${points.size}`, faults,
  ];
  writeFileSync(LEDGER, `${campaigns.trimEnd()}\n| ${cells.join(' | ')} |\n\n${POINTS_HEADING}\n\n| point | times seen |\n|---|---|\n`
    + [...points].map(([name, count]) => `| ${name} | ${count} |\n`).join(''));
}
