/**
 * Metrics of one process. Whatever is observed on the meter goes two ways: to OpenTelemetry's API, so that any SDK that the process registers exports it
 * (OTLP, console), and to Prometheus text for scrapers.
 */
import { type Meter as ApiMeter, metrics } from '@opentelemetry/api';
import type { Meter } from '@weir/ports';
import { MetricRegistry } from './metric-registry.js';
import { observeOn } from './otel-instruments.js';
import { prometheusText } from './prometheus-text.js';

export interface TelemetryOptions {
  /** Default: the meter `weir` of the globally registered provider, which does nothing while none is registered. */
  readonly api?: ApiMeter;
  /** Stands before each name. Default `flink.`: Flink's reporters, and the boards made for them, expect it. */
  readonly prefix?: string;
}

export class Telemetry {
  readonly meter: Meter;
  private readonly registry: MetricRegistry;
  private readonly prefix: string;

  constructor({ api = metrics.getMeter('weir'), prefix = 'flink.' }: TelemetryOptions = {}) {
    this.prefix = prefix;
    this.registry = new MetricRegistry((metric) => observeOn(api, metric, prefix));
    this.meter = this.registry;
  }

  /** Reads every metric now. Empty text when nothing is observed. */
  prometheusText(): string {
    return prometheusText(this.registry.metrics(), this.prefix);
  }
}
