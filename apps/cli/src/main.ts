/** From the process to a command and back to an exit code. Commands are loaded when they are called. */
import { isWeirError } from '@weir/base';
import { parseCommandLine, type Invocation } from './command-line.js';
import { UsageError } from './errors.js';
import { ExitCode, type CliIo } from './io.js';
import { nodeIo } from './node-io.js';
import { renderError } from './render/error.js';
import { styleFor } from './render/text.js';
import { VERSION } from './version.js';

/** Runs the CLI on this process; its exit code is set when the promise settles. */
export async function runCli(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), nodeIo());
}

/** Never rejects: failures are printed, and told by the exit code. */
export async function main(args: readonly string[], io: CliIo): Promise<number> {
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  try {
    return await dispatch(parseCommandLine(args, VERSION), io);
  } catch (error) {
    reportFailure(error, io, json);
    return isUsage(error) ? ExitCode.usage : ExitCode.jobFailed;
  }
}

async function dispatch(invocation: Invocation, io: CliIo): Promise<number> {
  switch (invocation.command) {
    case 'print':
      io.out.write(invocation.text.endsWith('\n') ? invocation.text : `${invocation.text}\n`);
      return ExitCode.ok;
    case 'run':
      return (await import('./commands/run.js')).run(invocation, io);
    case 'plan':
      return (await import('./commands/plan.js')).plan(invocation, io);
    case 'job list':
    case 'job show':
    case 'job cancel':
    case 'job stop':
    case 'job savepoint':
    case 'job logs':
      return (await import('./commands/job/index.js')).job(invocation, io);
    case 'cluster up':
      return (await import('./commands/cluster/up.js')).up(invocation, io);
    case 'cluster status':
      return (await import('./commands/cluster/status.js')).status(invocation, io);
    case 'cluster down':
      return (await import('./commands/cluster/down.js')).down(invocation, io);
    case 'jobmanager':
      return (await import('./commands/jobmanager.js')).jobmanager(invocation, io);
    case 'taskmanager':
      return (await import('./commands/taskmanager.js')).taskmanager(invocation, io);
    case 'config':
      return (await import('./commands/config.js')).config(invocation, io);
    case 'state ls':
    case 'state read':
    case 'state diff':
      return (await import('./commands/state/index.js')).state(invocation, io);
    case 'checkpoint ls':
      return (await import('./commands/checkpoint/ls.js')).ls(invocation, io);
    case 'checkpoint show':
      return (await import('./commands/checkpoint/show.js')).show(invocation, io);
    case 'checkpoint verify':
      return (await import('./commands/checkpoint/verify.js')).verify(invocation, io);
  }
}

function reportFailure(error: unknown, io: CliIo, json: boolean): void {
  const lines = renderError(error, { style: styleFor(io.err, io.environment), workingDirectory: io.workingDirectory });
  io.err.write(lines.map((line) => `${line}\n`).join(''));
  if (json && isWeirError(error)) {
    io.out.write(`${JSON.stringify({ type: 'error', code: error.code, message: error.message, hint: error.hint, details: error.details })}\n`);
  }
}

/** Codes of what the reader mends in the configuration, in the job's parameters or in its module. */
const MENDED_BY_READER = new RegExp(`^WEIR_(${[
  'CONFIG_INVALID', 'CONFIG_FILE_INVALID', 'REST_BIND_NEEDS_TOKEN', 'JOB_MODULE_.*', 'JOB_PARAMETER_INVALID', 'JOB_BUILD_FAILED', 'JOB_INVALID', 'GRAPH_INVALID', 'UID_DUPLICATE',
  'PARALLELISM_INVALID', 'FORWARD_PARALLELISM', 'SOURCE_INVALID', 'SINK_INVALID', 'TYPE_INVALID', 'WINDOW_INVALID', '.*_OPTIONS',
].join('|')})$`);

/** Nothing has run: once a job runs, its failures come as results and do not get here. */
function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (isWeirError(error) && MENDED_BY_READER.test(error.code));
}
