/**
 * Reads the cluster now and then, for its metrics and spans. Only the leader knows the cluster: on a standby there is nothing to tell, and what was told
 * before is withdrawn.
 */
import { isWeirError } from '@weir/base';
import type { ClusterGateway } from '@weir/cluster';
import type { Clock, Meter, Tracer } from '@weir/ports';
import { ClusterMetrics } from './cluster-metrics.js';
import { ClusterSpans } from './cluster-spans.js';

export interface ClusterMonitorOptions {
  readonly gateway: ClusterGateway;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Default: spans are not told. */
  readonly tracer?: Tracer;
}

export class ClusterMonitor {
  private readonly metrics: ClusterMetrics;
  private readonly spans: ClusterSpans | undefined;
  private reading: Promise<void> | undefined;

  constructor(private readonly options: ClusterMonitorOptions) {
    this.metrics = new ClusterMetrics(options.meter);
    this.spans = options.tracer === undefined ? undefined : new ClusterSpans(options.tracer, options.clock.now());
  }

  /** Brings metrics and spans up to date. Calls that overlap share one reading. Rejects with the gateway's errors other than `WEIR_NOT_LEADER`. */
  observe(): Promise<void> {
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** Withdraws all metrics. */
  close(): void {
    this.metrics.close();
  }

  private async read(): Promise<void> {
    const { gateway, clock } = this.options;
    try {
      const [overview, jobs, taskManagers] = await Promise.all([gateway.overview(), gateway.jobs(), gateway.taskManagers()]);
      this.metrics.update({ overview, jobs, taskManagers, now: clock.now() });
      this.spans?.update(jobs);
    } catch (error) {
      if (!isWeirError(error) || error.code !== 'WEIR_NOT_LEADER') throw error;
      this.metrics.close();
    }
  }
}
