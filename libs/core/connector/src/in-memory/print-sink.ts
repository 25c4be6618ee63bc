/** Writes each record as a line, at once: for looking, not for exactly-once. After a failure lines may come again. */
import type { Sink, SinkContext, SinkWriter } from '../sink.js';

/** Takes a line without its end. */
export type LineWriter = (line: string) => void;

export class PrintSink<T> implements Sink<T, never> {
  readonly description: string;
  readonly stateVersion = 1;
  readonly guarantee = 'none';

  /** Lines read `prefix:2> value`; the 1-based subtask is left out at parallelism 1, the prefix when empty. */
  constructor(private readonly writeLine: LineWriter, private readonly prefix = '') {
    this.description = 'Print to Std. Out';
  }

  createWriter(context: SinkContext): SinkWriter<T, never> {
    const parts = [this.prefix, context.parallelism > 1 ? String(context.subtaskIndex + 1) : ''].filter((part) => part !== '');
    return new PrintWriter<T>(this.writeLine, parts.length === 0 ? '' : `${parts.join(':')}> `);
  }
}

class PrintWriter<T> implements SinkWriter<T, never> {
  constructor(private readonly writeLine: LineWriter, private readonly head: string) {}

  write(value: T): void {
    this.writeLine(this.head + printed(value));
  }
  backlog(): undefined {
    return undefined;
  }
  prepareCommit(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? String(value);
}
