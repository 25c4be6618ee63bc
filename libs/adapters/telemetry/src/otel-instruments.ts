/** Gives observed metrics to the OpenTelemetry API: one observable instrument per name, read when a registered reader collects. */
import type { Meter as ApiMeter } from '@opentelemetry/api';
import type { ObservedMetric } from './metric-registry.js';
import { describe } from './prometheus-text.js';

export function observeOn(api: ApiMeter, metric: ObservedMetric, prefix: string): void {
  const options = { description: describe(metric) };
  const instrument = metric.kind === 'counter'
    ? api.createObservableCounter(prefix + metric.name, options)
    : api.createObservableGauge(prefix + metric.name, options);
  instrument.addCallback((result) => {
    for (const { labels, value } of metric.readings()) result.observe(value, labels);
  });
}
