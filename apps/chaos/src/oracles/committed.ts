/** What readers of a sink's directory see: whole lines of files whose name begins with neither `.` nor `_`. */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Findings } from './finding.js';

export interface CommittedLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Names of all files below, relative to it, sorted; empty when it is not there yet. */
export function filesBelow(directory: string, prefix = ''): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((it) => (it.isDirectory() ? filesBelow(join(directory, it.name), `${prefix}${it.name}/`) : [`${prefix}${it.name}`])).sort();
}

export function isCommitted(name: string): boolean {
  return !name.split('/').some((part) => part.startsWith('.') || part.startsWith('_'));
}

/** Each line of each committed file, in order; what is no whole line of JSON is `torn`. A file that disappears while it is read was never committed. */
export function* committedLines(directory: string, findings: Findings): Generator<CommittedLine> {
  for (const file of filesBelow(directory).filter(isCommitted)) {
    let text: string;
    try {
      text = readFileSync(join(directory, file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      findings.add('torn', `${file} was there and is gone`);
      continue;
    }
    const lines = text.split('\n');
    if (lines.pop() !== '') findings.add('torn', `${file} does not end with a whole line`);
    for (const [i, line] of lines.entries()) {
      const value = parsed(line);
      if (value === undefined) findings.add('torn', `${file}:${i + 1} is no object: ${line.slice(0, 80)}`);
      else yield { file, number: i + 1, value };
    }
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
