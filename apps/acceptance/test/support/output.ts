/** What readers of a sink's directory see: files under final names are committed; names with a leading `.` or `_` are not. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { basename, join } from 'node:path';

/** All files below, by full path, sorted. None in directories that are not there, also when they go while a job runs. */
export function filesBelow(directory: string): string[] {
  return entriesOf(directory)
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(directory, entry.name)) : [join(directory, entry.name)]))
    .sort();
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function isCommitted(path: string): boolean {
  return !/^[._]/.test(basename(path));
}

export function committedFiles(directory: string): string[] {
  return filesBelow(directory).filter(isCommitted);
}

export function uncommittedFiles(directory: string): string[] {
  return filesBelow(directory).filter((path) => !isCommitted(path));
}

/** Lines of all committed files. Throws when a file does not end with a whole line. */
export function committedLines(directory: string): string[] {
  const lines: string[] = [];
  for (const path of committedFiles(directory)) {
    const text = readFileSync(path, 'utf8');
    if (text === '') continue;
    if (!text.endsWith('\n')) throw new Error(`${path} ends within a line: …${JSON.stringify(text.slice(-80))}`);
    for (const line of text.slice(0, -1).split('\n')) lines.push(line);
  }
  return lines;
}

/** Same for the same lines in whatever order and files; byte for byte otherwise. */
export function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update([...lines].sort().join('\n')).digest('hex');
}

/** The output of an undisturbed run, to hold others against. All of its lines are different. */
export class ReferenceOutput {
  private readonly lines: ReadonlySet<string>;
  readonly digest: string;

  constructor(lines: readonly string[]) {
    this.lines = new Set(lines);
    this.digest = digestOf(lines);
    if (this.lines.size !== lines.length) throw new Error(`${lines.length - this.lines.size} lines of the reference occur twice`);
  }

  static of(directory: string): ReferenceOutput {
    return new ReferenceOutput(committedLines(directory));
  }

  get size(): number {
    return this.lines.size;
  }

  /** Says what is wrong with part of the output: lines that do not belong to it, or occur twice. Empty when nothing is. */
  problemsOfPart(lines: readonly string[]): string[] {
    const problems: string[] = [];
    const seen = new Set<string>();
    for (const line of lines) {
      if (!this.lines.has(line)) problems.push(`not in the reference: ${line}`);
      else if (seen.has(line)) problems.push(`twice: ${line}`);
      seen.add(line);
      if (problems.length === 10) break;
    }
    return problems;
  }
}
