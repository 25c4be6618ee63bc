/** One line per entry to stderr: JSON for machines, text for people. Never throws for what is in the fields. */
import type { Clock, Logger, LogLevel } from '@weir/ports';

export interface ConsoleLoggerOptions {
  /** Entries below are dropped. Default `info`. */
  readonly level?: LogLevel;
  /** Default `text`. */
  readonly format?: 'text' | 'json';
  /** Default: stderr. Takes one line with its line end. */
  readonly write?: (line: string) => void;
  readonly clock: Clock;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export class ConsoleLogger implements Logger {
  private readonly minimum: number;
  private readonly write: (line: string) => void;

  constructor(
    private readonly options: ConsoleLoggerOptions,
    private readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    this.minimum = RANK[options.level ?? 'info'];
    this.write = options.write ?? ((line) => process.stderr.write(line));
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (RANK[level] < this.minimum) return;
    const at = new Date(this.options.clock.now()).toISOString();
    const all = { ...this.fields, ...fields };
    this.write(this.options.format === 'json' ? `${toJson({ at, level, message, ...all })}\n` : textLine(at, level, message, all));
  }

  child(fields: Readonly<Record<string, unknown>>): ConsoleLogger {
    return new ConsoleLogger(this.options, { ...this.fields, ...fields });
  }
}

function textLine(at: string, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).filter(([key, value]) => key !== 'stack' && value !== undefined);
  const text = parts.map(([key, value]) => ` ${key}=${typeof value === 'string' && !/[\s"=]/.test(value) ? value : toJson(value)}`).join('');
  const stack = typeof fields.stack === 'string' && fields.stack !== '' ? `${fields.stack}\n` : '';
  return `${at} ${level.toUpperCase().padEnd(5)} ${message}${text}\n${stack}`;
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, replacer) ?? String(value);
  } catch (thrown) {
    return JSON.stringify({ unloggable: String(thrown) });
  }
}

function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return value;
}
