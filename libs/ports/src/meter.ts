/**
 * Metrics as observables: the runtime keeps plain number fields and tells here how to read them, so that the hot path pays a field
 * increment and nothing else. An adapter hands them to OpenTelemetry as observable instruments.
 */
export type MetricKind = 'counter' | 'gauge';

export interface MetricGroup {
  /** A child scope, e.g. `operator` = `window`. */
  group(labels: Readonly<Record<string, string>>): MetricGroup;
  /** `read` is called on each collection, never later than `close`. Names are Flink's. */
  observe(name: string, kind: MetricKind, read: () => number): void;
  /** Removes this group's and its children's metrics. */
  close(): void;
}

export interface Meter {
  root(): MetricGroup;
}

export interface MetricSample {
  readonly name: string;
  readonly kind: MetricKind;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
