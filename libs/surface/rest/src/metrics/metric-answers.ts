/** Answers of the metric paths: names without `get`, values with it; and over many members aggregates. */
import { BadRequestError } from '../errors.js';
import type { AggregatedMetric, Metric } from '../generated/schemas.js';
import { skewPercent, sum } from '../model/statistics.js';
import type { MetricDefinition, TaskSubject } from './metric-definitions.js';
import { operatorMetrics, taskMetrics } from './metric-definitions.js';
import { operatorScope, operatorSubjects } from './metric-subjects.js';

export interface MetricReading {
  readonly number: () => number;
  readonly text: () => string;
}
export type Readings = ReadonlyMap<string, MetricReading>;

export function readingsOf<S>(definitions: readonly MetricDefinition<S>[], subject: S, prefix = ''): [string, MetricReading][] {
  return definitions.map((definition) => [
    `${prefix}${definition.name}`,
    { number: () => definition.read(subject), text: () => definition.text?.(subject) ?? String(definition.read(subject)) },
  ]);
}

/** A task's own metrics, then those of its operators as `<operator>.<metric>`. */
export function taskReadings(task: TaskSubject, prefix = ''): [string, MetricReading][] {
  return [
    ...readingsOf(taskMetrics, task, prefix),
    ...operatorSubjects(task).flatMap((it) => readingsOf(operatorMetrics, it, `${prefix}${operatorScope(it.operator)}.`)),
  ];
}

/** Unknown names are left out. */
export function metricAnswer(readings: Readings, names: readonly string[] | undefined): readonly Metric[] {
  if (names === undefined) return [...readings.keys()].map((id) => ({ id }));
  return names.flatMap((id) => {
    const reading = readings.get(id);
    return reading === undefined ? [] : [{ id, value: reading.text() }];
  });
}

export const aggregations = ['min', 'max', 'avg', 'sum', 'skew'] as const;
export type Aggregation = (typeof aggregations)[number];

/** `[]` when one of the names exists nowhere, as in Flink. */
export function aggregatedAnswer(
  members: readonly Readings[], names: readonly string[] | undefined, chosen: readonly Aggregation[],
): readonly AggregatedMetric[] {
  const available = new Set(members.flatMap((readings) => [...readings.keys()]));
  if (names === undefined) return [...available].map((id) => ({ id }));
  if (!names.every((name) => available.has(name))) return [];
  return names.map((id) => {
    const values = members.flatMap((readings) => readings.get(id)?.number() ?? []);
    return { id, ...Object.fromEntries(chosen.map((it) => [it, aggregate(values, it)])) };
  });
}

function aggregate(values: readonly number[], by: Aggregation): number {
  switch (by) {
    case 'min':
      return values.reduce((least, value) => Math.min(least, value), Infinity);
    case 'max':
      return values.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
    case 'avg':
      return sum(values) / values.length;
    case 'sum':
      return sum(values);
    case 'skew':
      return skewPercent(values);
  }
}

/** Text of `agg=`; all of them when it is left out. Throws `WEIR_REST_BAD_REQUEST`. */
export function parseAggregations(texts: readonly string[] | undefined): readonly Aggregation[] {
  return (texts ?? aggregations).map((text) => {
    const found = aggregations.find((it) => it === text.toLowerCase());
    if (found !== undefined) return found;
    throw new BadRequestError(`query parameter agg has the unknown aggregation ${text.slice(0, 40)}`, `Aggregations are ${aggregations.join(', ')}.`);
  });
}

/** Text of `subtasks=`: indexes and ranges such as `0,3-5`; undefined: all. Throws `WEIR_REST_BAD_REQUEST`. */
export function parseSubtasks(texts: readonly string[] | undefined): ((index: number) => boolean) | undefined {
  if (texts === undefined) return undefined;
  const ranges = texts.map((text) => {
    const match = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(text);
    if (match === null) throw new BadRequestError(`query parameter subtasks has ${text.slice(0, 40)}`, 'Write indexes and ranges, e.g. 0,3-5.');
    return [Number(match[1]), Number(match[2] ?? match[1])] as const;
  });
  return (index) => ranges.some(([first, last]) => index >= first && index <= last);
}
