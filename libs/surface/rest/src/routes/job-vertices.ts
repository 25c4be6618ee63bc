/** Vertices and subtasks of a job. */
import type { VertexId } from '@weir/base';
import type { JobDetails, SubtaskInfo } from '@weir/cluster';
import type { PlanNode } from '@weir/graph';
import { ResourceNotFoundError } from '../errors.js';
import { route, type Route } from '../http/route.js';
import { subtasksOf } from '../model/subtask-counts.js';
import { backPressureView, subtaskTimesView, subtaskView, vertexDetailsView, vertexTaskManagersView, watermarksView } from '../model/vertex-view.js';

/** Throws `WEIR_REST_RESOURCE_NOT_FOUND`. */
export function vertexOf(job: JobDetails, vertexId: VertexId): PlanNode {
  const node = job.plan.nodes.find(({ id }) => id === vertexId);
  if (node === undefined) throw new ResourceNotFoundError(`job vertex ${vertexId} not found`, 'Ids of vertices are in /jobs/<id>.');
  return node;
}

/** Throws `WEIR_REST_RESOURCE_NOT_FOUND`. */
export function subtaskOf(job: JobDetails, node: PlanNode, index: number): SubtaskInfo {
  const subtask = subtasksOf(job, node.id).find(({ subtaskIndex }) => subtaskIndex === index);
  if (subtask !== undefined) return subtask;
  throw new ResourceNotFoundError(`subtask ${index} of vertex ${node.id} not found`, `Subtasks are numbered from 0 to ${node.parallelism - 1}.`);
}

export const jobVertexRoutes: readonly Route[] = [
  route('getJobVertexDetails', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    return vertexDetailsView(job, vertexOf(job, params.vertexid), view.now());
  }),
  route('getSubtasksTimes', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    return subtaskTimesView(job, vertexOf(job, params.vertexid), view.now());
  }),
  route('getJobVertexTaskManagers', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    return vertexTaskManagersView(job, vertexOf(job, params.vertexid), view.now());
  }),
  route('getJobVertexBackPressure', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    return backPressureView(job, vertexOf(job, params.vertexid), view.rates, view.now());
  }),
  route('getJobVertexWatermarks', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    return watermarksView(job, vertexOf(job, params.vertexid));
  }),
  route('getSubtaskCurrentAttemptDetails', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    const node = vertexOf(job, params.vertexid);
    return subtaskView(job, node, subtaskOf(job, node, params.subtaskindex), view.now());
  }),
  route('getSubtaskExecutionAttemptDetails', async ({ params }, { view }) => {
    const job = await view.recentJob(params.jobid);
    const node = vertexOf(job, params.vertexid);
    const subtask = subtaskOf(job, node, params.subtaskindex);
    if (subtask.attempt === params.attempt) return subtaskView(job, node, subtask, view.now());
    throw new ResourceNotFoundError(`attempt ${params.attempt} not found`, 'Only the current attempt of a subtask is kept.');
  }),
];
