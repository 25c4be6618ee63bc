/** Uploaded programs. */
import type { ArtifactInfo, SubmitRequest } from '@weir/cluster';
import { BadRequestError, FeatureDisabledError } from '../errors.js';
import { type Fields } from '../http/fields.js';
import { parseMultipart } from '../http/multipart.js';
import { jsonRoute, type RestContext, route, type Route } from '../http/route.js';
import { parseJsonObject } from '../http/json.js';
import { utf8 } from '../http/request-body.js';
import { checkSuffix, jarIdOf, parseArtifact } from '../model/artifact-file.js';
import { planView } from '../model/plan-view.js';
import { parametersOf, splitArguments } from '../model/program-arguments.js';

const JOB_ID = /^[0-9a-f]{32}$/;

type JarField =
  | 'entryClass' | 'programArgsList' | 'programArgs' | 'parallelism' | 'jobId' | 'flinkConfiguration' | 'savepointPath' | 'allowNonRestoredState' | 'programArg'
  | 'program-args' | 'entry-class';

function assertSubmit({ features }: RestContext): void {
  if (!features.submit) throw new FeatureDisabledError('submitting programs', 'web.submit.enable');
}

/** Throws `WEIR_REST_BAD_REQUEST`: Flink answers 400 for a jar that does not exist. */
async function artifactOf(jarId: string, { gateway }: RestContext): Promise<ArtifactInfo> {
  const found = (await gateway.artifacts()).find((info) => jarIdOf(info) === jarId);
  if (found === undefined) throw new BadRequestError(`jar file ${jarId} does not exist`, 'Uploaded programs are listed at /jars.');
  return found;
}

/** Of the body, and of the query where the body is silent. There is no client's directory: relative paths are refused by connectors. */
function submitRequest(artifact: ArtifactInfo, body: Fields<JarField>, query: Fields<JarField>): SubmitRequest {
  const args = body.list('programArgsList') ?? splitOf(body.text('programArgs')) ?? query.list('programArg') ?? splitOf(query.text('program-args')) ?? [];
  const parallelism = body.integer('parallelism', 1) ?? query.integer('parallelism', 1);
  const path = body.text('savepointPath') || query.text('savepointPath');
  const jobId = body.matching('jobId', JOB_ID, '32 hexadecimal digits');
  return {
    artifactHash: artifact.hash,
    parameters: parametersOf(args),
    configuration: { ...body.textMap('flinkConfiguration'), ...(parallelism === undefined ? {} : { 'parallelism.default': String(parallelism) }) },
    workingDirectory: '',
    ...(jobId === undefined ? {} : { jobId }),
    ...(path === undefined || path === '' ? {} : {
      restoreFrom: { path, allowNonRestoredState: body.boolean('allowNonRestoredState') ?? query.boolean('allowNonRestoredState') ?? false },
    }),
  };
}

const splitOf = (text: string | undefined): string[] | undefined => (text === undefined ? undefined : splitArguments(text));

export const jarRoutes: readonly Route[] = [
  route('getJarList', async (_request, { gateway }) => {
    const artifacts = [...(await gateway.artifacts())].sort((a, b) => b.uploadedAtMs - a.uploadedAtMs);
    return {
      address: '',
      files: artifacts.map((info) => ({
        id: jarIdOf(info), name: info.name, uploaded: Math.round(info.uploadedAtMs), entry: [{ name: info.name, description: null }],
      })),
    };
  }),

  jsonRoute('POST', '/jars/upload', 200, async ({ raw }, context) => {
    assertSubmit(context);
    const files = parseMultipart(raw.contentType, raw.body);
    if (files.length !== 1) throw new BadRequestError(`exactly 1 file must be sent, received ${files.length}`, 'Send one artifact file.');
    const [{ fileName, content }] = files;
    checkSuffix(fileName);
    if (content.subarray(0, 2).toString('latin1') === 'PK') {
      throw new BadRequestError('the uploaded file is a zip or Java archive', 'Weir runs TypeScript: upload the artifact that `weir` made of the job.');
    }
    const artifact = parseArtifact(parseJsonObject(utf8(content)), context.view.now());
    await context.gateway.addArtifact(artifact);
    return { filename: `/artifacts/${jarIdOf(artifact)}`, status: 'success' };
  }, 'upload'),

  route('deleteJar', async ({ params }, context) => {
    assertSubmit(context);
    await context.gateway.removeArtifact((await artifactOf(params.jarid, context)).hash);
    return {};
  }),

  route('generatePlanFromJar', async ({ params, query, body }, context) => {
    assertSubmit(context);
    const request = submitRequest(await artifactOf(params.jarid, context), body as Fields<JarField>, query as Fields<JarField>);
    return { plan: planView(await context.gateway.plan(request), request.jobId ?? '') };
  }),
  route('generatePlanFromJarByGet', async ({ params, query, body }, context) => {
    assertSubmit(context);
    const request = submitRequest(await artifactOf(params.jarid, context), body as Fields<never>, query as Fields<never>);
    return { plan: planView(await context.gateway.plan(request), '') };
  }),

  route('submitJobFromJar', async ({ params, query, body }, context) => {
    assertSubmit(context);
    const jobid = await context.gateway.submit(submitRequest(await artifactOf(params.jarid, context), body as Fields<JarField>, query as Fields<JarField>));
    return { jobid, applicationId: jobid };
  }),
];
