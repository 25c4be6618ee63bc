/** A meter that is read by `collect`. */
import { assert } from '@weir/base';
import type { Meter, MetricGroup, MetricKind, MetricSample } from '../meter.js';

type Labels = Readonly<Record<string, string>>;

class InMemoryGroup implements MetricGroup {
  private readonly metrics = new Map<string, { readonly kind: MetricKind; readonly read: () => number }>();
  private readonly children = new Set<InMemoryGroup>();
  private closed = false;

  constructor(private readonly labels: Labels, private readonly parent: InMemoryGroup | undefined) {}

  group(labels: Labels): MetricGroup {
    assert(!this.closed, 'a metric group was used after its close');
    const child = new InMemoryGroup({ ...this.labels, ...labels }, this);
    this.children.add(child);
    return child;
  }

  observe(name: string, kind: MetricKind, read: () => number): void {
    assert(!this.closed, `the metric ${name} was added after the close of its group`);
    this.metrics.set(name, { kind, read });
  }

  close(): void {
    this.closed = true;
    this.metrics.clear();
    for (const child of [...this.children]) child.close();
    this.parent?.children.delete(this);
  }

  collectInto(samples: MetricSample[]): void {
    for (const [name, { kind, read }] of this.metrics) samples.push({ name, kind, labels: this.labels, value: read() });
    for (const child of this.children) child.collectInto(samples);
  }
}

export class InMemoryMeter implements Meter {
  private readonly top = new InMemoryGroup({}, undefined);

  root(): MetricGroup {
    return this.top;
  }

  /** Reads every metric now, parents before children, in the order of registration. */
  collect(): MetricSample[] {
    const samples: MetricSample[] = [];
    this.top.collectInto(samples);
    return samples;
  }

  /** The value of the only metric of this name whose labels contain `labels`; undefined when there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.collect().filter((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value));
    assert(found.length <= 1, `${found.length} metrics are named ${name} with labels ${JSON.stringify(labels)}`);
    return found[0]?.value;
  }
}
