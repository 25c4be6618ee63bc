/** `/metrics` of a JobManager: all that its leader knows, in Prometheus' text form, read anew for each scrape. */
import type { ClusterGateway } from '@weir/cluster';
import type { Clock } from '@weir/ports';
import { ClusterMetrics } from '@weir/rest';

/** What it answers rejects with `WEIR_NOT_LEADER` on a standby, so that the scrape is passed on. */
export function metricsText(gateway: ClusterGateway, clock: Clock): () => Promise<string> {
  let made: Promise<{ update: ClusterMetrics['update']; text: () => string }> | undefined;
  return async () => {
    const [overview, jobs, taskManagers] = await Promise.all([gateway.overview(), gateway.jobs(), gateway.taskManagers()]);
    made ??= make();
    const metrics = await made;
    metrics.update({ overview, jobs, taskManagers, now: clock.now() });
    return metrics.text();
  };
}

/** Loaded with the first scrape. */
async function make(): Promise<{ update: ClusterMetrics['update']; text: () => string }> {
  const { Telemetry } = await import('@weir/telemetry');
  const telemetry = new Telemetry();
  const metrics = new ClusterMetrics(telemetry.meter);
  return { update: (reading) => metrics.update(reading), text: () => telemetry.prometheusText() };
}
