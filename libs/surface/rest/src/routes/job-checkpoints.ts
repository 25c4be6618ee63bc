/** Checkpoints of a job. */
import { ResourceNotFoundError } from '../errors.js';
import { route, type Route } from '../http/route.js';
import { checkpointConfigView, checkpointsView, checkpointView } from '../model/checkpoint-view.js';

export const jobCheckpointRoutes: readonly Route[] = [
  route('getCheckpointingStatistics', async ({ params }, { view }) => checkpointsView(await view.job(params.jobid))),

  route('getCheckpointConfig', async ({ params }, { view }) => {
    const config = checkpointConfigView(await view.job(params.jobid));
    if (config === undefined) throw new ResourceNotFoundError('checkpointing is not enabled for this job', 'Set execution.checkpointing.interval.');
    return config;
  }),

  route('getCheckpointStatisticDetails', async ({ params }, { view }) => {
    const found = (await view.job(params.jobid)).checkpoints.history.find(({ checkpointId }) => checkpointId === params.checkpointid);
    if (found !== undefined) return checkpointView(found);
    const what = `could not find checkpointing statistics for checkpoint ${params.checkpointid}`;
    throw new ResourceNotFoundError(what, 'Only the latest checkpoints are kept here.');
  }),
];
