/**
 * What is observed at this moment: by name, every group's labels and how to read it. Nothing is recorded between two collections.
 *
 * M1. After `close` nothing of a group is read again, and nothing of it is kept.
 * M2. A read that throws, or has no number, leaves out its own value and no other.
 */
import { assert } from '@weir/base';
import type { Meter, MetricGroup, MetricKind } from '@weir/ports';

export type Labels = Readonly<Record<string, string>>;

export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

interface Observation {
  readonly labels: Labels;
  readonly read: () => number;
}

/** All observations of one name. */
export class ObservedMetric {
  private readonly observations = new Set<Observation>();

  constructor(readonly name: string, readonly kind: MetricKind) {}

  /** Returns its removal. */
  add(observation: Observation): () => void {
    this.observations.add(observation);
    return () => this.observations.delete(observation);
  }

  /** Reads all of them now. */
  readings(): Reading[] {
    const readings: Reading[] = [];
    for (const { labels, read } of this.observations) {
      const value = readSafely(read);
      if (value !== undefined) readings.push({ labels, value });
    }
    return readings;
  }
}

/** M2 */
function readSafely(read: () => number): number | undefined {
  try {
    const value = read();
    return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export class MetricRegistry implements Meter {
  private readonly byName = new Map<string, ObservedMetric>();
  private readonly top = new RegistryGroup({}, undefined, (name, kind) => this.metric(name, kind));

  /** `onNew` hears of each name once, when it is observed first. */
  constructor(private readonly onNew: (metric: ObservedMetric) => void = () => undefined) {}

  root(): MetricGroup {
    return this.top;
  }

  /** In the order in which their names were first observed. */
  metrics(): Iterable<ObservedMetric> {
    return this.byName.values();
  }

  private metric(name: string, kind: MetricKind): ObservedMetric {
    const known = this.byName.get(name);
    if (known !== undefined) {
      assert(known.kind === kind, `the metric ${name} is a ${known.kind} and was observed as a ${kind}`);
      return known;
    }
    const created = new ObservedMetric(name, kind);
    this.byName.set(name, created);
    this.onNew(created);
    return created;
  }
}

class RegistryGroup implements MetricGroup {
  private readonly children = new Set<RegistryGroup>();
  private readonly removals = new Map<string, () => void>();
  private closed = false;

  constructor(
    private readonly labels: Labels,
    private readonly parent: RegistryGroup | undefined,
    private readonly metric: (name: string, kind: MetricKind) => ObservedMetric,
  ) {}

  group(labels: Labels): MetricGroup {
    assert(!this.closed, 'a metric group was used after its close');
    const child = new RegistryGroup({ ...this.labels, ...labels }, this, this.metric);
    this.children.add(child);
    return child;
  }

  observe(name: string, kind: MetricKind, read: () => number): void {
    assert(!this.closed, `the metric ${name} was added after the close of its group`);
    this.removals.get(name)?.();
    this.removals.set(name, this.metric(name, kind).add({ labels: this.labels, read }));
  }

  close(): void {
    this.closed = true;
    for (const remove of this.removals.values()) remove(); // M1
    this.removals.clear();
    for (const child of [...this.children]) child.close();
    this.parent?.children.delete(this);
  }
}
