/** TaskManagers: list, one, metrics, logs. */
import { route, type Route, textRoute } from '../http/route.js';
import { noLogFiles } from '../logs/log-files.js';
import { taskManagerMetrics } from '../metrics/metric-definitions.js';
import { aggregatedAnswer, metricAnswer, parseAggregations, readingsOf } from '../metrics/metric-answers.js';
import { taskManagerDetailsView, taskManagerView } from '../model/task-manager-view.js';
import { logListView, readLog } from './cluster.js';

export const taskManagerRoutes: readonly Route[] = [
  route('getTaskManagers', async (_request, { gateway }) => ({ taskmanagers: (await gateway.taskManagers()).map(taskManagerView) })),

  route('getTaskManagerDetails', async ({ params }, { view }) => taskManagerDetailsView(await view.taskManager(params.taskmanagerid))),

  route('getTaskManagerMetrics', async ({ params, query }, { view }) =>
    metricAnswer(new Map(readingsOf(taskManagerMetrics, await view.taskManager(params.taskmanagerid))), query.list('get'))),

  route('getAggregatedTaskManagerMetrics', async ({ query }, { gateway }) => {
    const chosen = query.list('taskmanagers');
    const managers = (await gateway.taskManagers()).filter(({ id }) => chosen === undefined || chosen.includes(id));
    const readings = managers.map((manager) => new Map(readingsOf(taskManagerMetrics, manager)));
    return aggregatedAnswer(readings, query.list('get'), parseAggregations(query.list('agg')));
  }),

  route('getTaskManagerLogs', async ({ params }, { view, taskManagerLogs }) => {
    const manager = await view.taskManager(params.taskmanagerid);
    return logListView(taskManagerLogs(manager.id) ?? noLogFiles);
  }),
  textRoute('/taskmanagers/{taskmanagerid}/log', async ({ taskmanagerid }, { view, taskManagerLogs }) =>
    readLog(taskManagerLogs((await view.taskManager(taskmanagerid)).id), undefined)),
  textRoute('/taskmanagers/{taskmanagerid}/logs/{logname}', async ({ taskmanagerid, logname }, { view, taskManagerLogs }) =>
    readLog(taskManagerLogs((await view.taskManager(taskmanagerid)).id), logname)),
];
