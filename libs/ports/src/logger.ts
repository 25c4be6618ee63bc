export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured log. Never per record. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A logger that adds these fields to each entry. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

/** Drops everything. */
export const silentLogger: Logger = { log: () => undefined, child: () => silentLogger };
