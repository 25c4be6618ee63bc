/** A logger that keeps what it was told. */
import type { Logger, LogLevel } from '../logger.js';

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export class RecordingLogger implements Logger {
  /** All entries, also of children, oldest first. */
  readonly entries: LogEntry[];

  constructor(private readonly fields: Readonly<Record<string, unknown>> = {}, entries: LogEntry[] = []) {
    this.entries = entries;
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.entries.push({ level, message, fields: { ...this.fields, ...fields } });
  }

  child(fields: Readonly<Record<string, unknown>>): RecordingLogger {
    return new RecordingLogger({ ...this.fields, ...fields }, this.entries);
  }

  /** Messages of one level. */
  messages(level: LogLevel): string[] {
    return this.entries.filter((entry) => entry.level === level).map((entry) => entry.message);
  }
}
