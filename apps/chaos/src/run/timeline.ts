/** What happened, when: for the display, the report, and faults that aim. */
import { appendFileSync } from 'node:fs';

export interface TimelineEntry {
  /** Since the start of the run. */
  readonly ms: number;
  readonly what: 'process' | 'fault' | 'job' | 'leader' | 'check' | 'note' | 'violation' | 'void';
  readonly text: string;
}

export class Timeline {
  readonly entries: TimelineEntry[] = [];
  private readonly startMs = performance.now();
  private readonly listeners = new Set<(entry: TimelineEntry) => void>();

  constructor(private readonly file: string) {}

  get nowMs(): number {
    return performance.now() - this.startMs;
  }

  add(what: TimelineEntry['what'], text: string): void {
    const entry = { ms: Math.round(this.nowMs), what, text };
    this.entries.push(entry);
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    for (const listener of this.listeners) listener(entry);
  }

  onEntry(listener: (entry: TimelineEntry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
