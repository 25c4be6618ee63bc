/** Jobs: lists, one job, its plan, configuration, exceptions and result; and their cancelling. */
import { isWeirError, type JobId } from '@weir/base';
import { BadRequestError, FeatureDisabledError } from '../errors.js';
import { type RestContext, route, type Route } from '../http/route.js';
import { exceptionsView } from '../model/exception-view.js';
import { executionResultView, jobConfigView, jobDetailsView, jobOverviewView } from '../model/job-view.js';
import { planView } from '../model/plan-view.js';
import { jobStatus } from '../model/states.js';
import { configurationEntries } from './cluster.js';

export const jobRoutes: readonly Route[] = [
  route('getJobIdsWithStatusesOverview', async (_request, { view }) => ({
    jobs: (await view.jobs()).map((job) => ({ id: job.status.jobId, status: jobStatus(job) })),
  })),

  route('getJobsOverview', async (_request, { view }) => ({ jobs: (await view.jobs()).map((job) => jobOverviewView(job, view.now())) })),

  route('getJobDetails', async ({ params }, { view }) => jobDetailsView(await view.job(params.jobid), view.now())),

  route('getJobStatusInfo', async ({ params }, { view }) => ({ status: jobStatus(await view.job(params.jobid)) })),

  route('getJobPlan', async ({ params }, { view }) => ({ plan: planView((await view.job(params.jobid)).plan, params.jobid) })),

  route('getJobConfig', async ({ params }, { view }) => jobConfigView(await view.job(params.jobid))),

  route('getJobManagerJobConfiguration', async ({ params }, { view }) => configurationEntries((await view.job(params.jobid)).configuration)),

  route('getJobExceptions', async ({ params, query }, { view }) => {
    const labels = (query.list('failureLabelFilter') ?? []).map((text) => {
      const [key, ...value] = text.split(':');
      if (value.length === 0) throw new BadRequestError('query parameter failureLabelFilter is not key:value', 'Write key:value, separated by commas.');
      return [key, value.join(':')] as const;
    });
    return exceptionsView(await view.job(params.jobid), query.integer('maxExceptions', 1), labels);
  }),

  route('getJobExecutionResult', async ({ params }, { view }) => executionResultView(await view.job(params.jobid), view.now())),

  route('cancelJob', async ({ params, query }, context) => {
    const mode = query.oneOf('mode', ['cancel', 'stop']) ?? 'cancel';
    if (mode === 'stop') throw new BadRequestError('mode=stop is not supported', 'Stop a job with POST /jobs/<id>/stop, which makes a savepoint.');
    return cancel(params.jobid, context);
  }),

  route('cancelJobByGet', ({ params }, context) => cancel(params.jobid, context)),
];

/** Cancelling a canceled job again is fine; `WEIR_JOB_ALREADY_ENDED` (409) for one that ended otherwise. */
async function cancel(jobId: JobId, { gateway, features }: RestContext): Promise<Record<string, never>> {
  if (!features.cancel) throw new FeatureDisabledError('cancelling jobs', 'web.cancel.enable');
  try {
    await gateway.cancel(jobId);
  } catch (error) {
    if (!isWeirError(error) || error.code !== JOB_ENDED || (await gateway.job(jobId)).status.state !== 'canceled') throw error;
  }
  return {};
}

const JOB_ENDED = 'WEIR_JOB_ALREADY_ENDED';
