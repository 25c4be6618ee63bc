/** Numbers, times and colours as people read them. */

/** 1234567 -> `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Three digits: `999`, `12.3k`, `4.56M`. */
export function shortCount(value: number): string {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) {
    if (value >= size * 0.9995) return `${(value / size).toPrecision(3)}${unit}`;
  }
  return Math.round(value).toString();
}

/** `1 slot`, `4 slots`. */
export function slots(number: number): string {
  return `${number} slot${number === 1 ? '' : 's'}`;
}

/** Powers of 1024: `512 B`, `1.5 KB`, `2.0 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit]}`;
}

/** `87 ms`, `3.2 s`, `4 min 05 s`, `2 h 03 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => value.toString().padStart(2, '0');
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

/** Event time in ISO 8601 without needless milliseconds; `-` before the first watermark, `end` after the last. */
export function watermark(value: number | null): string {
  if (value === null || value <= -8.64e15) return '-';
  if (value > 8.64e15) return 'end';
  return new Date(value).toISOString().replace(/\.000Z$/, 'Z');
}

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const plain = (text: string): string => text;
const sgr = (on: number, off: number) => (text: string): string => `\u001b[${on}m${text}\u001b[${off}m`;

export const plainStyle: Style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
export const colorStyle: Style = { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39), cyan: sgr(36, 39) };

/** Colours on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb says otherwise. */
export function styleFor(output: { readonly isTerminal: boolean }, environment: Readonly<Record<string, string | undefined>>): Style {
  const wanted = output.isTerminal && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  return wanted ? colorStyle : plainStyle;
}

/** Cuts a line, which holds no escape sequences, to a width. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
