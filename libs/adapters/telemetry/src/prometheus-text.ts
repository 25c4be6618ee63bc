/**
 * Metrics as Prometheus text, the way Flink's reporter writes them: `flink_` and the scope joined by underscores, every metric as a gauge and therefore
 * without `_total`, one block per name.
 *
 * Read straight from the registry and not through the SDK's aggregation: for observable instruments that keeps every series it ever saw (the memo of
 * DeltaMetricProcessor, and the last report of cumulative readers), so that ended jobs would stay on the page, and in memory, for ever.
 */
import { ValueType } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ObservedMetric } from './metric-registry.js';

const serializer = new PrometheusSerializer('', false, undefined, true, true);
/** Times are not printed. */
const NO_TIME: [number, number] = [0, 0];

export function prometheusText(metrics: Iterable<ObservedMetric>, prefix: string): string {
  const data = [...metrics].map((metric) => metricData(metric, prefix)).filter(({ dataPoints }) => dataPoints.length > 0);
  if (data.length === 0) return '';
  const collected: Pick<ResourceMetrics, 'scopeMetrics'> & { resource: { attributes: object } } = {
    resource: { attributes: {} }, scopeMetrics: [{ scope: { name: 'weir' }, metrics: data }],
  };
  return serializer.serialize(collected as ResourceMetrics);
}

function metricData(metric: ObservedMetric, prefix: string): MetricData {
  return {
    descriptor: { name: prefix + metric.name, description: describe(metric), unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.GAUGE,
    dataPoints: metric.readings().map(({ labels, value }) => ({ startTime: NO_TIME, endTime: NO_TIME, attributes: labels, value })),
  };
}

/** For both outlets. */
export function describe(metric: ObservedMetric): string {
  return `Flink's metric ${metric.name.slice(metric.name.lastIndexOf('.') + 1)} (${metric.kind})`;
}
