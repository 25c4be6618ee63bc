/** Metrics of jobs, vertices and subtasks. */
import { BadRequestError } from '../errors.js';
import { route, type Route } from '../http/route.js';
import { jobMetrics } from '../metrics/metric-definitions.js';
import { aggregatedAnswer, metricAnswer, parseAggregations, parseSubtasks, readingsOf, taskReadings } from '../metrics/metric-answers.js';
import { taskSubjects } from '../metrics/metric-subjects.js';
import { subtaskOf, vertexOf } from './job-vertices.js';

export const jobMetricRoutes: readonly Route[] = [
  route('getJobMetrics', async ({ params, query }, { view }) =>
    metricAnswer(new Map(readingsOf(jobMetrics, { job: await view.recentJob(params.jobid), now: view.now() })), query.list('get'))),

  route('getAggregatedJobMetrics', async ({ query }, { view }) => {
    const chosen = query.list('jobs');
    const malformed = chosen?.find((id) => !/^[0-9a-f]{32}$/.test(id));
    if (malformed !== undefined) {
      throw new BadRequestError('query parameter jobs has an id that is not 32 hexadecimal digits', 'Separate ids of jobs by commas.');
    }
    const jobs = (await view.allRecentJobs()).filter(({ status }) => chosen === undefined || chosen.includes(status.jobId));
    const readings = jobs.map((job) => new Map(readingsOf(jobMetrics, { job, now: view.now() })));
    return aggregatedAnswer(readings, query.list('get'), parseAggregations(query.list('agg')));
  }),

  route('getJobVertexMetrics', async ({ params, query }, { view }) => {
    const job = await view.recentJob(params.jobid);
    const node = vertexOf(job, params.vertexid);
    const readings = taskSubjects(job, view.rates, node.id).flatMap((task) => taskReadings(task, `${task.subtask.subtaskIndex}.`));
    return metricAnswer(new Map(readings), query.list('get'));
  }),

  route('getAggregatedSubtaskMetrics', async ({ params, query }, { view }) => {
    const job = await view.recentJob(params.jobid);
    const node = vertexOf(job, params.vertexid);
    const chosen = parseSubtasks(query.list('subtasks'));
    const tasks = taskSubjects(job, view.rates, node.id).filter(({ subtask }) => chosen?.(subtask.subtaskIndex) ?? true);
    return aggregatedAnswer(tasks.map((task) => new Map(taskReadings(task))), query.list('get'), parseAggregations(query.list('agg')));
  }),

  route('getSubtaskMetrics', async ({ params, query }, { view }) => {
    const job = await view.recentJob(params.jobid);
    const node = vertexOf(job, params.vertexid);
    const subtask = subtaskOf(job, node, params.subtaskindex);
    const tasks = taskSubjects(job, view.rates, node.id).filter((task) => task.subtask.subtaskIndex === subtask.subtaskIndex);
    return metricAnswer(new Map(tasks.flatMap((task) => taskReadings(task))), query.list('get'));
  }),
];
