/** Typed configuration: options with key, default and description; values with their origin. Keys are Flink's where the meaning is the same. */
import { WeirError } from './errors.js';

/** Where a value was set; later ones win. */
export type ConfigOrigin = 'default' | 'file' | 'environment' | 'command line' | 'program';

export interface ConfigOption<T> {
  readonly key: string;
  readonly defaultValue: T;
  readonly description: string;
  /** Reads the text form; throws a plain Error that says what was expected. */
  readonly parse: (text: string) => T;
  readonly format: (value: T) => string;
}

/** A configuration key is unknown or its value cannot be read. */
export class InvalidConfigError extends WeirError {
  constructor(key: string, message: string, hint: string, cause?: unknown) {
    super({ code: 'WEIR_CONFIG_INVALID', domain: 'user', retry: 'never', message, hint, cause, details: { key } });
  }
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, sec: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `10 s`, `200ms`, `5 min`, or of a bare number of milliseconds. */
export function parseDurationMs(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|min|m|h|d)?\s*$/.exec(text);
  if (match === null) throw new Error(`expected a duration such as "10 s" or "200 ms", got "${text}"`);
  return Math.round(Number(match[1]) * DURATION_UNITS[match[2] ?? 'ms']);
}

const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1024, k: 1024, mb: 1 << 20, m: 1 << 20, gb: 1 << 30, g: 1 << 30 };

/** Bytes of `64 mb`, `20kb`, or of a bare number of bytes. Units are powers of 1024. */
export function parseSizeBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(b|kb?|mb?|gb?)?\s*$/i.exec(text);
  if (match === null) throw new Error(`expected a size such as "64 mb", got "${text}"`);
  return Math.round(Number(match[1]) * SIZE_UNITS[(match[2] ?? 'b').toLowerCase()]);
}

function parseInteger(text: string): number {
  if (!/^\s*-?\d+\s*$/.test(text)) throw new Error(`expected a whole number, got "${text}"`);
  return Number(text);
}

/** Makers of options by value kind. */
export const configOption = {
  durationMs: (key: string, defaultValue: number, description: string): ConfigOption<number> => ({
    key, defaultValue, description, parse: parseDurationMs, format: (v) => `${v} ms`,
  }),
  sizeBytes: (key: string, defaultValue: number, description: string): ConfigOption<number> => ({
    key, defaultValue, description, parse: parseSizeBytes, format: (v) => `${v} b`,
  }),
  integer: (key: string, defaultValue: number, description: string): ConfigOption<number> => ({
    key, defaultValue, description, parse: parseInteger, format: String,
  }),
  boolean: (key: string, defaultValue: boolean, description: string): ConfigOption<boolean> => ({
    key, defaultValue, description, format: String,
    parse: (text) => {
      if (text === 'true' || text === 'false') return text === 'true';
      throw new Error(`expected true or false, got "${text}"`);
    },
  }),
  string: (key: string, defaultValue: string, description: string): ConfigOption<string> => ({
    key, defaultValue, description, parse: (text) => text, format: (v) => v,
  }),
  oneOf: <const C extends string>(key: string, choices: readonly C[], defaultValue: C, description: string): ConfigOption<C> => ({
    key, defaultValue, description, format: (v) => v,
    parse: (text) => {
      const choice = choices.find((c) => c === text.toLowerCase());
      if (choice !== undefined) return choice;
      throw new Error(`expected one of ${choices.join(', ')}, got "${text}"`);
    },
  }),
};

interface Entry {
  readonly text: string;
  readonly origin: ConfigOrigin;
}

/** Immutable map of keys to text values with origins. */
export class Configuration {
  private constructor(private readonly entries: ReadonlyMap<string, Entry>) {}

  static readonly empty = new Configuration(new Map());

  static of(values: Readonly<Record<string, string>>, origin: ConfigOrigin): Configuration {
    return new Configuration(new Map(Object.entries(values).map(([key, text]) => [key, { text, origin }])));
  }
  /** Values of `over` win. */
  merge(over: Configuration): Configuration {
    return new Configuration(new Map([...this.entries, ...over.entries]));
  }
  with<T>(option: ConfigOption<T>, value: T, origin: ConfigOrigin = 'program'): Configuration {
    return new Configuration(new Map([...this.entries, [option.key, { text: option.format(value), origin }]]));
  }
  /** The value, or the option's default. Throws `WEIR_CONFIG_INVALID` when the text cannot be read. */
  get<T>(option: ConfigOption<T>): T {
    const entry = this.entries.get(option.key);
    if (entry === undefined) return option.defaultValue;
    try {
      return option.parse(entry.text);
    } catch (cause) {
      throw new InvalidConfigError(option.key, `${option.key} (from ${entry.origin}): ${(cause as Error).message}`,
        `Set ${option.key} to a valid value; its default is ${option.format(option.defaultValue)}.`, cause);
    }
  }
  origin(key: string): ConfigOrigin {
    return this.entries.get(key)?.origin ?? 'default';
  }
  has(key: string): boolean {
    return this.entries.has(key);
  }
  keys(): string[] {
    return [...this.entries.keys()].sort();
  }
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.keys().map((key) => [key, (this.entries.get(key) as Entry).text]));
  }
}

/** Refuses keys that no option knows, with the nearest known one; and values that cannot be read. */
export function validateConfiguration(configuration: Configuration, options: readonly ConfigOption<unknown>[]): void {
  const known = new Map(options.map((option) => [option.key, option]));
  for (const key of configuration.keys()) {
    const option = known.get(key);
    if (option === undefined) {
      const near = nearestName(key, [...known.keys()]);
      throw new InvalidConfigError(key, `unknown configuration key ${key}`,
        near === undefined ? 'Keys are listed in docs/configuration.md.' : `Did you mean ${near}?`);
    }
    configuration.get(option);
  }
}

/** The candidate with the smallest edit distance, if it is near enough to be a likely slip. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    previous = row;
  }
  return previous[b.length];
}
