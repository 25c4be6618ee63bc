/** `weir run`: runs a job in this process, to its end or until Ctrl-C; or on the cluster that was named. */
import { availableParallelism } from 'node:os';
import type { Configuration } from '@weir/base';
import { compileJob } from '@weir/cluster';
import { jobProgram, parseJobArguments } from '@weir/datastream';
import type { JobHandle } from '@weir/embedded';
import type { JobProgram } from '@weir/graph';
import { createLocalRunner, type LocalRunOptions, type SlotPlace } from '@weir/local';
import { configurationOf } from '../configuration.js';
import { UsageError } from '../errors.js';
import type { RunInvocation } from '../grammar/job-modules.js';
import { ExitCode, type CliIo } from '../io.js';
import { loadJob, type LoadedJob } from '../module/load-job.js';
import { namedTarget } from '../remote/named-target.js';
import { absolutePath } from '../paths.js';
import { sourceOperators } from '../render/summary.js';
import { createReporter, type RunReporter } from '../run-reporter.js';
import { chooseThreads } from '../thread-choice.js';
import { exitCodeOf, tellSummary } from './run-outcome.js';

export async function run(invocation: RunInvocation, io: CliIo): Promise<number> {
  if (namedTarget(invocation.target, io) !== undefined) return (await import('./run-remote.js')).runRemote(invocation, io);
  if (invocation.resume && invocation.fromSavepoint !== undefined) throw new UsageError('--resume and --from-savepoint exclude each other', 'Go on with the latest run, or begin a new one from a savepoint.');
  if (invocation.detached) throw new UsageError('--detached needs a cluster', 'Name one with --target or WEIR_TARGET; a job in this process ends with it.');
  return runEmbedded(invocation, io);
}

async function runEmbedded(invocation: RunInvocation, io: CliIo): Promise<number> {
  const configuration = await configurationOf(invocation, io);
  const raw = parseJobArguments(invocation.jobArguments);
  const job = await loadJob(invocation.module, io.workingDirectory, configuration);
  const parameters = job.definition.readParameters(raw) as Readonly<Record<string, unknown>>;
  const program = jobProgram(job.definition, raw, configuration);
  const reporter = createReporter(io, invocation.json);
  const loaded = { definition: job.definition, parameters, program, configuration, reporter };
  const { threads, note } = chooseThreads(invocation.threads, compileJob(program, configuration).job, availableParallelism());
  if (note !== undefined) reporter.note('info', note);
  if (!threads) return runLoaded({ ...loaded, slots: undefined }, invocation, io);
  const slots = (await import('../thread-slots.js')).threadSlots({ job, module: invocation.module, parameters: raw, configuration }, io);
  try {
    return await runLoaded({ ...loaded, slots }, invocation, io);
  } finally {
    await slots.close(); // also when the job never began
  }
}

interface LoadedRun {
  readonly definition: LoadedJob['definition'];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly program: JobProgram;
  readonly reporter: RunReporter;
  readonly configuration: Configuration;
  /** Undefined: in this thread. */
  readonly slots: SlotPlace | undefined;
}

async function runLoaded({ definition, parameters, program, configuration, reporter, slots }: LoadedRun, invocation: RunInvocation, io: CliIo): Promise<number> {
  const local = await createLocalRunner({ configuration, ...(slots === undefined ? {} : { slots }) }).start(program, {
    configuration, parameters, resume: invocation.resume, ...restorePoint(invocation, io),
  });
  if (local.kind === 'already-finished') {
    reporter.note('info', `this job finished already (history ${local.history.number}); run it without --resume to run it anew`);
    return ExitCode.ok;
  }
  for (const note of local.notes) reporter.note('info', note);
  reporter.follow(local.handle);
  const stopListening = cancelOnInterrupt(local.handle, reporter, io);
  const result = await local.result;
  stopListening();
  const sources = sourceOperators(local.graph);
  reporter.ended(result, sources);
  if (result.state === 'finished') await tellSummary(definition, parameters, { result, sources }, reporter, io);
  return exitCodeOf(result);
}

/** `--from-savepoint`, absolute. */
function restorePoint({ fromSavepoint, allowNonRestoredState }: RunInvocation, io: CliIo): Pick<LocalRunOptions, 'restoreFrom'> {
  return fromSavepoint === undefined ? {} : { restoreFrom: { path: absolutePath(fromSavepoint, io), allowNonRestoredState } };
}

/** The first Ctrl-C cancels the job, the second ends the process: what was not committed is found again by `--resume`. */
function cancelOnInterrupt(handle: JobHandle, reporter: RunReporter, io: CliIo): () => void {
  let interrupted = false;
  return io.onInterrupt(() => {
    if (interrupted) io.exitNow(ExitCode.canceled);
    interrupted = true;
    reporter.note('info', 'cancelling the job; Ctrl-C once more ends the process at once');
    handle.cancel();
  });
}
