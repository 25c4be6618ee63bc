/** Appends a campaign to the ledger, below its heading: one row, and the recovery times of this campaign in place of the last one's. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../cluster/program.js';
import type { RunResult } from '../run/run-scenario.js';
import { totals } from '../run/run-all.js';
import { faultRecords, recoveryTable } from './recoveries.js';

const LEDGER = join(root, 'docs/reliability-ledger.md');
const ROWS_END = '<!-- chaos rows end -->';
const RECOVERY = ['<!-- chaos recovery -->', '<!-- chaos recovery end -->'] as const;

export function appendToLedger(results: readonly RunResult[], date: string): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const { violations, voids, faults } = totals(results);
  const lines = results.reduce((sum, { figures }) => sum + (typeof figures.lines === 'number' ? figures.lines : 0), 0);
  const minutes = results.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const row = `| ${date} | ${commit} | ${results.length} | ${faults} | ${violations} | ${voids} | ${lines} | ${minutes.toFixed(0)} |`;
  const text = readFileSync(LEDGER, 'utf8');
  if (!text.includes(ROWS_END)) throw new Error(`${LEDGER} has no ${ROWS_END}`);
  const [before, after] = [text.split(RECOVERY[0])[0], text.split(RECOVERY[1])[1]];
  writeFileSync(LEDGER, `${before.replace(ROWS_END, `${row}\n${ROWS_END}`)}${RECOVERY[0]}\n${recoveryTable(faultRecords(results)).join('\n')}\n${RECOVERY[1]}${after}`);
}
