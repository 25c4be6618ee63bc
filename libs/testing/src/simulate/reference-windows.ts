/** Windows by their definition: which windows hold which records, then one evaluation per key and window. */
import type { AggregateFunction, WindowContext } from '@weir/functions';
import type { StreamNode, WindowEvaluation, WindowOperatorSpec } from '@weir/graph';
import { NO_TIMESTAMP, type TimeWindow, type WindowAssigner } from '@weir/time';
import { recordText } from './record-text.js';
import type { Emission } from './reference-process.js';
import { ReferenceState } from './reference-state.js';

interface WindowedRecord {
  readonly value: unknown;
  readonly timestamp: number;
}
interface OpenWindow {
  readonly key: unknown;
  readonly window: TimeWindow;
  readonly elements: readonly unknown[];
}

/** The results when no record is late: every window is complete before it is evaluated, once. */
export async function evaluateWindows(
  node: StreamNode & { readonly spec: WindowOperatorSpec }, records: readonly WindowedRecord[], jobName: string,
): Promise<Emission[]> {
  const { assigner, evaluation } = node.spec;
  const state = new ReferenceState();
  const emissions: Emission[] = [];
  const process = evaluation.kind === 'process' ? evaluation.fn : evaluation.process;
  await process?.open?.(state.context(jobName, node.name));
  for (const { key, window, elements } of windowsOf(records, assigner, node.keySelectors[0] as (value: unknown) => unknown)) {
    const timestamp = window.end - 1;
    const emit = (side: string | undefined, value: unknown): void => void emissions.push({ side, value, timestamp, key });
    const result = resultOf(evaluation, elements);
    if (process === undefined) {
      emit(undefined, result);
      continue;
    }
    const context: WindowContext = {
      window, currentWatermark: () => timestamp, currentProcessingTime: () => timestamp, output: (tag, value) => emit(tag.id, value),
    };
    state.setCurrentKey(key);
    process.process(key, context, evaluation.kind === 'process' ? elements : [result], { collect: (value) => emit(undefined, value) });
  }
  await process?.close?.();
  return emissions;
}

function resultOf(evaluation: WindowEvaluation, elements: readonly unknown[]): unknown {
  switch (evaluation.kind) {
    case 'process':
      return undefined;
    case 'reduce':
      return elements.slice(1).reduce((accumulated, value) => evaluation.fn(accumulated, value), elements[0]);
    case 'aggregate': {
      const fn: AggregateFunction<unknown, unknown, unknown> = evaluation.fn;
      return fn.getResult(elements.reduce((accumulator, value) => fn.add(value, accumulator), fn.createAccumulator()));
    }
  }
}

/** By end, then in the order in which their first records came. */
function windowsOf(records: readonly WindowedRecord[], assigner: WindowAssigner<unknown>, keyOf: (value: unknown) => unknown): OpenWindow[] {
  const byKey = new Map<string, { key: unknown; records: WindowedRecord[] }>();
  for (const record of records) {
    if (record.timestamp === NO_TIMESTAMP) throw new Error('a record without a timestamp came to a window of event time');
    const key = keyOf(record.value);
    const group = byKey.get(recordText(key));
    if (group === undefined) byKey.set(recordText(key), { key, records: [record] });
    else group.records.push(record);
  }
  const windows = [...byKey.values()].flatMap(({ key, records: own }) =>
    (assigner.kind === 'session' ? sessions(own, assigner.gapMs) : aligned(own, assigner)).map((one): OpenWindow => ({ ...one, key })));
  return windows.sort((a, b) => a.window.end - b.window.end);
}

function aligned(records: readonly WindowedRecord[], assigner: Exclude<WindowAssigner<unknown>, { kind: 'session' }>): Omit<OpenWindow, 'key'>[] {
  const { sizeMs, offsetMs } = assigner;
  const slideMs = assigner.kind === 'sliding' ? assigner.slideMs : sizeMs;
  const elements = new Map<number, unknown[]>();
  for (const { value, timestamp } of records) {
    const lastStart = offsetMs + Math.floor((timestamp - offsetMs) / slideMs) * slideMs;
    for (let start = lastStart; start + sizeMs > timestamp; start -= slideMs) {
      const own = elements.get(start);
      if (own === undefined) elements.set(start, [value]);
      else own.push(value);
    }
  }
  return [...elements].map(([start, own]) => ({ window: { start, end: start + sizeMs }, elements: own }));
}

/** Records whose gaps meet share a session; its elements stay in the order of their coming. */
function sessions(records: readonly WindowedRecord[], gapMs: (value: unknown) => number): Omit<OpenWindow, 'key'>[] {
  const spans = records.map(({ value, timestamp }) => ({ start: timestamp, end: timestamp + gapMs(value) })).sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged.map((window) => ({
    window, elements: records.filter(({ timestamp }) => timestamp >= window.start && timestamp < window.end).map(({ value }) => value),
  }));
}
