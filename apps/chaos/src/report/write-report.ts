/** The report folder of a run: `report.md` for people, `figures.json` for programs; each scenario's folder has its timeline and logs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../run/run-scenario.js';
import type { TimelineEntry } from '../run/timeline.js';
import { faultRecords, recoveryTable } from './recoveries.js';

const SHOWN = 400;

export function writeReport(directory: string, results: readonly RunResult[]): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'figures.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  const lines = ['# Chaos run', '', '| scenario | seed | seconds | faults | violations | void |', '|---|---|---|---|---|---|'];
  for (const it of results) {
    lines.push(`| ${it.scenario} | ${it.seed} | ${it.leftOut === undefined ? it.seconds.toFixed(0) : `left out: ${it.leftOut}`} | ${it.faults} | ${it.violations.length} | ${it.voids.length} |`);
  }
  lines.push('', '## Recovery', '', ...recoveryTable(faultRecords(results)));
  for (const { scenario, folder = scenario, violations, voids, figures } of results) {
    lines.push('', `## ${folder}`, '', ...violations.map((it) => `- **violation** ${it}`), ...voids.map((it) => `- **void** ${it}`), '');
    const { faults: _faults, ...rest } = figures;
    lines.push('```json', JSON.stringify(rest, undefined, 1), '```', '', '```', ...timelineOf(join(directory, folder)), '```');
  }
  writeFileSync(join(directory, 'report.md'), `${lines.join('\n')}\n`);
}

function timelineOf(folder: string): string[] {
  let text: string;
  try {
    text = readFileSync(join(folder, 'timeline.jsonl'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const entries = text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as TimelineEntry);
  const shown = entries.slice(-SHOWN).map(({ ms, what, text: told }) => `${(ms / 1000).toFixed(1).padStart(8)} ${what.padEnd(9)} ${told}`);
  return entries.length > SHOWN ? [`… ${entries.length - SHOWN} earlier ones are in timeline.jsonl`, ...shown] : shown;
}
