/** What a campaign adds up to, in one process or in several. Plain data. */
import { FAULT_CLASSES, type FaultClass, type SimulationResult } from '../src/simulate/index.js';

export interface Totals {
  seeds: number;
  failures: number;
  /** Seeds that were run a second time, for the same history. */
  repeated: number;
  virtualMs: number;
  messages: number;
  recoveries: number;
  checkpoints: number;
  cpuSeconds: number;
  readonly seedMs: number[];
  readonly faults: Record<FaultClass, number>;
  readonly sightings: Record<string, number>;
  readonly notCompared: string[];
}

export function noTotals(): Totals {
  return {
    seeds: 0, failures: 0, repeated: 0, virtualMs: 0, messages: 0, recoveries: 0, checkpoints: 0, cpuSeconds: 0, seedMs: [],
    faults: Object.fromEntries(FAULT_CLASSES.map((kind) => [kind, 0])) as Record<FaultClass, number>, sightings: {}, notCompared: [],
  };
}

export function addResult(totals: Totals, result: SimulationResult, realMs: number): void {
  const { seeds, failures, virtualMs, messages, recoveries, checkpoints, faultsByClass, sightings, notCompared } = result;
  add(totals, {
    seeds, failures: failures.length, repeated: 0, virtualMs, messages, recoveries, checkpoints, cpuSeconds: 0, seedMs: [realMs], faults: { ...faultsByClass },
    sightings: Object.fromEntries(sightings), notCompared: notCompared.map((text) => text.replace(/\d+/g, 'N')),
  });
}

export function add(totals: Totals, other: Totals): void {
  for (const key of ['seeds', 'failures', 'repeated', 'virtualMs', 'messages', 'recoveries', 'checkpoints', 'cpuSeconds'] as const) totals[key] += other[key];
  totals.seedMs.push(...other.seedMs);
  for (const kind of FAULT_CLASSES) totals.faults[kind] += other.faults[kind];
  for (const [key, count] of Object.entries(other.sightings)) totals.sightings[key] = (totals.sightings[key] ?? 0) + count;
  for (const text of other.notCompared) if (!totals.notCompared.includes(text)) totals.notCompared.push(text);
}

export function medianSeedMs({ seedMs }: Totals): number {
  return Math.round([...seedMs].sort((a, b) => a - b)[seedMs.length >> 1] ?? 0);
}

export function formatTotals(totals: Totals): string {
  const { seeds, failures, repeated, virtualMs, messages, recoveries, checkpoints, cpuSeconds, faults } = totals;
  return `${seeds} seeds${repeated > 0 ? ` (${repeated} twice)` : ''}, ${failures} failures, ${(virtualMs / 3_600_000).toFixed(2)} virtual hours, ${messages} messages (${Math.round(messages / cpuSeconds)} a core second), `
    + `${checkpoints} checkpoints, ${recoveries} recoveries, ${medianSeedMs(totals)} ms a seed; faults: ${FAULT_CLASSES.map((kind) => `${kind} ${faults[kind]}`).join(', ')}`;
}
