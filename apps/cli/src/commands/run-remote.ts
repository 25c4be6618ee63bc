/**
 * `weir run --target`: submits a job to a cluster and follows it to its end. Ctrl-C leaves the job running, as with Flink's client in attached mode:
 * a terminal that closes must not end a job that a cluster was given to keep.
 */
import { basename } from 'node:path';
import { toStoredArtifact } from '@weir/artifacts';
import type { Configuration, JobId, WeirError } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { compileJob, type SubmitRequest } from '@weir/cluster';
import { jobProgram, parseJobArguments } from '@weir/datastream';
import { SystemRandom } from '@weir/host-node';
import { configurationOf, jobOptions } from '../configuration.js';
import { UsageError } from '../errors.js';
import type { RunInvocation } from '../grammar/job-modules.js';
import { ExitCode, type CliIo } from '../io.js';
import { loadJob, type LoadedJob } from '../module/load-job.js';
import { absolutePath } from '../paths.js';
import { withPatience } from '../remote/patience.js';
import { RemoteJob } from '../remote/remote-job.js';
import { clientOf, POLL_MS } from '../remote/target.js';
import { createReporter } from '../run-reporter.js';
import { exitCodeOf, tellSummary } from './run-outcome.js';

/** A cluster that has just lost its leader has another one within this: lease, claim, recovery of its jobs. */
const SUBMIT_LIMIT_MS = 30_000;

export async function runRemote(invocation: RunInvocation, io: CliIo): Promise<number> {
  if (invocation.resume) throw new UsageError('--resume is for runs in this process', 'A cluster resumes its jobs itself; to begin with the state of another job give --from-savepoint.');
  const configuration = await configurationOf(invocation, io);
  const raw = parseJobArguments(invocation.jobArguments);
  const job = await loadJob(invocation.module, io.workingDirectory, configuration);
  const parameters = job.definition.readParameters(raw);
  const { warnings } = compileJob(jobProgram(job.definition, raw, configuration), configuration); // what is wrong with the graph is told before anything is sent

  const client = clientOf(invocation.target, configuration, io);
  const reporter = createReporter(io, invocation.json);
  const onSilence = ({ code, message }: WeirError): void => {
    const why = code === 'WEIR_SUBMISSION_UNKNOWN' ? message : `no cluster answers at ${client.baseUrl}`;
    reporter.note('warn', `${why}; trying for ${SUBMIT_LIMIT_MS / 1000} s`);
  };
  const jobId = await submit(client, job, { invocation, configuration, raw }, io, onSilence);
  if (invocation.detached) {
    io.out.write(invocation.json ? `${JSON.stringify({ type: 'submitted', jobId, jobName: job.definition.name })}\n` : `${jobId}\n`);
    return ExitCode.ok;
  }
  for (const warning of warnings) reporter.note('warn', warning);
  const remote = await RemoteJob.of(client, jobId, io);
  reporter.follow(remote);
  let interrupted = false;
  const stopListening = io.onInterrupt(() => {
    if (interrupted) io.exitNow(ExitCode.canceled);
    interrupted = true;
    remote.leave();
  });
  const result = await remote.untilEnded(() => reporter.note('warn', 'the cluster does not answer; its jobs go on when it is back'));
  stopListening();
  if (result === undefined) {
    reporter.left();
    reporter.note('info', `the job goes on without being watched; weir job cancel ${jobId} ends it`);
    return ExitCode.canceled;
  }
  reporter.ended(result, remote.sources, `weir run … --from-savepoint ${result.status.checkpoints.last?.path ?? 'PATH'}`);
  if (result.state === 'finished') await tellSummary(job.definition, parameters, { result, sources: remote.sources }, reporter, io);
  return exitCodeOf(result);
}

interface Submission {
  readonly invocation: RunInvocation;
  readonly configuration: Configuration;
  readonly raw: Readonly<Record<string, string>>;
}

/** The id is chosen here: however often the request is repeated, it is one job. */
async function submit(client: WeirClient, job: LoadedJob, { invocation, configuration, raw }: Submission, io: CliIo, onSilence: (why: WeirError) => void): Promise<JobId> {
  const { fromSavepoint, allowNonRestoredState, module } = invocation;
  const request: Omit<SubmitRequest, 'artifactHash'> = {
    jobId: new SystemRandom().hex(16), parameters: raw, configuration: jobConfiguration(configuration), workingDirectory: io.workingDirectory,
    ...(fromSavepoint === undefined ? {} : { restoreFrom: { path: absolutePath(fromSavepoint, io), allowNonRestoredState } }),
  };
  const artifact = toStoredArtifact(job.artifact(), { name: basename(module), entryFolderUrl: job.entryFolderUrl, uploadedAtMs: io.clock.now() });
  return withPatience(() => client.submit(artifact, request), { clock: io.clock, timers: io.timers, limitMs: SUBMIT_LIMIT_MS, pauseMs: POLL_MS, onSilence });
}

/** What the job has a say in; the rest of the configuration is the processes'. */
function jobConfiguration(configuration: Configuration): Record<string, string> {
  const keys = new Set(jobOptions().map(({ key }) => key));
  return Object.fromEntries(Object.entries(configuration.toRecord()).filter(([key]) => keys.has(key)));
}
