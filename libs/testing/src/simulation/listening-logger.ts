/** A logger that keeps what it was told, and tells it on at once. */
import { type LogEntry, type LogLevel, RecordingLogger } from '@weir/ports';

export class ListeningLogger extends RecordingLogger {
  constructor(
    private readonly own: Readonly<Record<string, unknown>> = {}, entries: LogEntry[] = [], private readonly listeners: Set<(entry: LogEntry) => void> = new Set(),
  ) {
    super(own, entries);
  }

  /** Told of all entries, also of children. */
  onEntry(listener: (entry: LogEntry) => void): void {
    this.listeners.add(listener);
  }

  override log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    super.log(level, message, fields);
    const entry = this.entries[this.entries.length - 1];
    for (const listener of this.listeners) listener(entry);
  }

  override child(fields: Readonly<Record<string, unknown>>): ListeningLogger {
    return new ListeningLogger({ ...this.own, ...fields }, this.entries, this.listeners);
  }
}
