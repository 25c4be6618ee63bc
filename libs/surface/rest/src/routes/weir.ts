/** Weir's own additions: what its command line and client need whole. */
import type { JobDetails, SubmitRequest } from '@weir/cluster';
import { FeatureDisabledError } from '../errors.js';
import type { Fields } from '../http/fields.js';
import { parseJsonObject } from '../http/json.js';
import { utf8 } from '../http/request-body.js';
import { jsonRoute, type RestContext, type Route } from '../http/route.js';
import { jarIdOf, parseArtifact } from '../model/artifact-file.js';
import { maskSecrets } from '../model/secrets.js';

const HASH = /^[0-9a-f]{64}$/;
const JOB_ID = /^[0-9a-f]{32}$/;

type SubmitField = keyof SubmitRequest;
type RestoreField = keyof NonNullable<SubmitRequest['restoreFrom']>;

function assertSubmit({ features }: RestContext): void {
  if (!features.submit) throw new FeatureDisabledError('submitting programs', 'web.submit.enable');
}

/** A job whole, without secrets. */
export function maskedDetails(job: JobDetails): JobDetails {
  return { ...job, configuration: maskSecrets(job.configuration), parameters: maskSecrets(job.parameters) };
}

function submitRequest(body: Fields<SubmitField>): SubmitRequest {
  const jobId = body.matching('jobId', JOB_ID, '32 hexadecimal digits');
  const restore = body.nested<RestoreField>('restoreFrom');
  return {
    artifactHash: body.required('artifactHash', body.matching('artifactHash', HASH, '64 hexadecimal digits')),
    parameters: body.textMap('parameters') ?? {},
    configuration: body.textMap('configuration') ?? {},
    workingDirectory: body.text('workingDirectory') ?? '',
    ...(jobId === undefined ? {} : { jobId }),
    ...(restore === undefined ? {} : {
      restoreFrom: { path: restore.required('path', restore.text('path')), allowNonRestoredState: restore.boolean('allowNonRestoredState') ?? false },
    }),
  };
}

export const weirRoutes: readonly Route[] = [
  jsonRoute('POST', '/weir/artifacts', 200, async ({ raw }, context) => {
    assertSubmit(context);
    const artifact = parseArtifact(parseJsonObject(utf8(raw.body)), context.view.now());
    await context.gateway.addArtifact(artifact);
    return { hash: artifact.hash, jarId: jarIdOf(artifact) };
  }, 'upload'),

  jsonRoute<SubmitField>('POST', '/weir/jobs', 202, async ({ body }, context) => {
    assertSubmit(context);
    return { jobid: await context.gateway.submit(submitRequest(body)) };
  }),
  jsonRoute<SubmitField>('POST', '/weir/plan', 200, async ({ body }, context) => {
    assertSubmit(context);
    return context.gateway.plan(submitRequest(body));
  }),

  jsonRoute('GET', '/weir/jobs', 200, async (_request, { view }) => ({ jobs: (await view.jobs()).map(maskedDetails) })),
  jsonRoute('GET', '/weir/jobs/{jobid}', 200, async ({ params }, { view }) => maskedDetails(await view.job(params.jobid))),
  jsonRoute('GET', '/weir/jobs/{jobid}/operations/{triggerid}', 200, ({ params }, { gateway }) => gateway.operation(params.jobid, params.triggerid)),

  jsonRoute('GET', '/weir/status', 200, async (_request, { gateway, version }) => {
    const [overview, taskManagers] = await Promise.all([gateway.overview(), gateway.taskManagers()]);
    return { version, overview, taskManagers };
  }),
];
