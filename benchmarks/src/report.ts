/** Prints results as JSON for programs or as a Markdown table with commit, machine and date for people. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Comparison } from './measure.js';

export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'no git checkout';
  }
}

export function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
}

/** As {@link printReport} for results of any kind: a column per entry of `columns`. */
export function printTable<R>(suite: string, method: string, columns: Readonly<Record<string, (row: R) => string>>, rows: readonly R[], json: boolean): void {
  const date = new Date().toISOString().slice(0, 10);
  if (json) {
    console.log(JSON.stringify({ suite, method, commit: commit(), machine: machine(), date, results: rows }, undefined, 2));
    return;
  }
  console.log(`\n${suite}: ${method}\ncommit ${commit()}, ${machine()}, ${date}\n`);
  console.log(`| ${Object.keys(columns).join(' | ')} |`);
  console.log(`|${Object.keys(columns).map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${Object.values(columns).map((cell) => cell(row)).join(' | ')} |`);
}

export function printReport(suite: string, method: string, results: readonly Comparison[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ suite, method, commit: commit(), machine: machine(), date: new Date().toISOString().slice(0, 10), results }, undefined, 2));
    return;
  }
  const million = (value: number): string => (value / 1e6).toFixed(2);
  console.log(`\n${suite}: ${method}\ncommit ${commit()}, ${machine()}, ${new Date().toISOString().slice(0, 10)}\n`);
  console.log('| benchmark | ratio (CPU) | rounds | ratio (wall) | M records/s | reference | M per core s | peak MiB |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const r of results) {
    console.log(`| ${r.name} | **${r.ratio.toFixed(2)}** | ${r.ratios.map((x) => x.toFixed(2)).join(' ')} | ${r.wallRatio.toFixed(2)} | ${million(r.recordsPerS)} | ${million(r.referenceRecordsPerS)} | ${million(r.recordsPerCoreS)} | ${r.peakRssMiB} |`);
  }
  for (const r of results) console.log(`- ${r.name}: ${r.note}`);
}
