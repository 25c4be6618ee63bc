/** The cluster and its JobManager. */
import { ResourceNotFoundError } from '../errors.js';
import type { ConfigurationInfoEntry, LogListInfo } from '../generated/schemas.js';
import { route, type Route, type RestContext, textRoute } from '../http/route.js';
import type { LogFiles } from '../logs/log-files.js';
import { clusterMetrics } from '../metrics/metric-definitions.js';
import { metricAnswer, readingsOf } from '../metrics/metric-answers.js';
import { countJobs } from '../model/task-manager-view.js';
import { maskSecrets } from '../model/secrets.js';

/** The Flink whose API this is: clients parse it. */
export const FLINK_VERSION = '2.3.0';
const REFRESH_INTERVAL_MS = 3000;

export function revision(context: RestContext): string {
  return `weir-${context.version}`;
}

export function configurationEntries(values: Readonly<Record<string, string>>): readonly ConfigurationInfoEntry[] {
  return Object.entries(maskSecrets(values)).map(([key, value]) => ({ key, value }));
}

export async function logListView(logs: LogFiles): Promise<LogListInfo> {
  return { logs: (await logs.list()).map(({ name, sizeBytes, modifiedAtMs }) => ({ name, size: sizeBytes, mtime: Math.round(modifiedAtMs) })) };
}

/** Text of a log; by default of the main one. Throws `WEIR_REST_RESOURCE_NOT_FOUND`; the dashboard knows this very text. */
export async function readLog(logs: LogFiles | undefined, name: string | undefined): Promise<string> {
  const files = logs === undefined ? [] : await logs.list();
  const newest = [...files].sort((a, b) => b.modifiedAtMs - a.modifiedAtMs)[0]?.name;
  const chosen = name ?? logs?.mainFile ?? newest;
  const text = chosen !== undefined && files.some((file) => file.name === chosen) ? await logs?.read(chosen) : undefined;
  if (text === undefined) throw new ResourceNotFoundError('File not found.', 'Names of log files are listed at /jobmanager/logs and /taskmanagers/<id>/logs.');
  return text;
}

export const clusterRoutes: readonly Route[] = [
  route('getDashboardConfiguration', (_request, context) => {
    const now = new Date(context.view.now());
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      'refresh-interval': REFRESH_INTERVAL_MS,
      'timezone-name': timeZone,
      'timezone-offset': 0 - now.getTimezoneOffset() * 60_000,
      'flink-version': FLINK_VERSION,
      'flink-revision': revision(context),
      features: { 'web-submit': context.features.submit, 'web-cancel': context.features.cancel, 'web-rescale': false, 'web-history': false },
    };
  }),

  route('getClusterOverview', async (_request, { gateway, view, ...context }) => {
    const [overview, jobs] = await Promise.all([gateway.overview(), view.jobs()]);
    const counts = countJobs(jobs);
    return {
      taskmanagers: overview.taskManagers, 'slots-total': overview.slotsTotal, 'slots-available': overview.slotsAvailable, 'jobs-running': counts.running,
      'jobs-finished': counts.finished, 'jobs-cancelled': counts.canceled, 'jobs-failed': counts.failed, 'flink-version': FLINK_VERSION,
      'flink-commit': `weir-${context.version}`,
    };
  }),

  route('getClusterConfigurationInfo', async (_request, { gateway }) => configurationEntries(await gateway.configuration())),

  route('getJobManagerMetrics', async ({ query }, { gateway, view }) => {
    const [overview, jobs] = await Promise.all([gateway.overview(), view.allRecentJobs()]);
    return metricAnswer(new Map(readingsOf(clusterMetrics, { overview, runningJobs: countJobs(jobs).running })), query.list('get'));
  }),

  route('getJobManagerLogList', (_request, { logs }) => logListView(logs)),
  textRoute('/jobmanager/log', (_params, { logs }) => readLog(logs, undefined)),
  textRoute('/jobmanager/logs/{logname}', ({ logname }, { logs }) => readLog(logs, logname)),

  textRoute('/metrics', (_params, context) => context.metricsText(), 'text/plain; version=0.0.4; charset=utf-8'),
];
