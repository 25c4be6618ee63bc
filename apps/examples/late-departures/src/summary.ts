/** The summary at the end of a run, read from the committed output. */
import type { JobSummaryContext } from '@weir/datastream';
import type { DelayLine } from './hourly-delays.js';
import type { Alert } from './trouble-detector.js';

const WORST = 10;
const LONGEST = 5;
const HOUR_MS = 3_600_000;

interface Trouble {
  readonly origin: string;
  readonly since: string;
  last: number;
  hours: number;
}

export async function summarize({ params, readLines, run }: JobSummaryContext<{ readonly output: string }>): Promise<string> {
  let flights = 0;
  let airportHours = 0;
  const worst: DelayLine[] = [];
  const troubled: DelayLine[] = [];
  for await (const line of readLines(`${params.output}/delays`)) {
    const hour = JSON.parse(line) as DelayLine;
    flights += hour.flights;
    airportHours++;
    if (hour.flights < 5) continue;
    if (hour.mean_delay > 60) troubled.push(hour);
    keepWorst(worst, hour);
  }
  let alerts = 0;
  for await (const line of readLines(`${params.output}/alerts`)) if (JSON.parse(line) as Alert) alerts++;
  return [
    `${flights.toLocaleString('en')} flights in ${airportHours.toLocaleString('en')} airport-hours, ${alerts} alerts`,
    '',
    `The ${worst.length} worst airport-hours (5 flights or more), mean delay in minutes:`,
    ...worst.map((it) => `  ${it.origin}  ${it.window_start}  ${it.mean_delay.toFixed(1).padStart(6)}  (${it.flights} flights, at most ${it.max_delay})`),
    '',
    'The longest troubles:',
    ...longestTroubles(troubled).map((it) => `  ${it.origin}  ${it.since}  ${it.hours} hours`),
    '',
    `${(run.durationMs / 1000).toFixed(1)} s, ${Math.round(run.recordsPerSecond).toLocaleString('en')} records/s, ${run.checkpoints} ${run.checkpoints === 1 ? 'checkpoint' : 'checkpoints'}`,
  ].join('\n');
}

function keepWorst(worst: DelayLine[], hour: DelayLine): void {
  if (worst.length === WORST && hour.mean_delay <= worst[WORST - 1].mean_delay) return;
  worst.push(hour);
  worst.sort((a, b) => b.mean_delay - a.mean_delay || (a.window_start < b.window_start ? -1 : 1));
  if (worst.length > WORST) worst.pop();
}

/** Hours in trouble that follow each other at one airport, longest first. */
export function longestTroubles(troubled: readonly DelayLine[]): { readonly origin: string; readonly since: string; readonly hours: number }[] {
  const inOrder = [...troubled].sort((a, b) => (`${a.origin} ${a.window_start}` < `${b.origin} ${b.window_start}` ? -1 : 1));
  const troubles: Trouble[] = [];
  for (const { origin, window_start: start } of inOrder) {
    const at = Date.parse(start);
    const current = troubles.at(-1);
    if (current?.origin === origin && at - current.last === HOUR_MS) {
      current.last = at;
      current.hours++;
    } else troubles.push({ origin, since: start, last: at, hours: 1 });
  }
  return troubles.sort((a, b) => b.hours - a.hours || (a.since < b.since ? -1 : 1)).slice(0, LONGEST);
}
