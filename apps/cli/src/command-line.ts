/**
 * The grammar of the command line: from arguments to one {@link Invocation}, nothing is run here. What comes behind `--` are the job's
 * own parameters and is not looked at.
 */
import { nearestName } from '@weir/base';
import { Command, CommanderError } from 'commander';
import { UsageError } from './errors.js';
import { addCheckpoint, type CheckpointInvocation } from './grammar/checkpoints.js';
import { addPlan, addRun, type PlanInvocation, type RunInvocation } from './grammar/job-modules.js';
import { addJob, type JobInvocation } from './grammar/jobs.js';
import { addState, type StateInvocation } from './grammar/states.js';
import { addCluster, addConfig, addProcesses, type ClusterInvocation, type ClusterUpInvocation, type ConfigInvocation, type JobManagerInvocation, type TaskManagerInvocation } from './grammar/processes.js';

/** `--help` and `--version`. */
export interface PrintInvocation {
  readonly command: 'print';
  readonly text: string;
}
export type Invocation =
  | RunInvocation | PlanInvocation | JobInvocation | CheckpointInvocation | StateInvocation
  | ClusterUpInvocation | ClusterInvocation | JobManagerInvocation | TaskManagerInvocation | ConfigInvocation
  | PrintInvocation;

/** Reads the arguments behind `weir`. Throws `WEIR_CLI_USAGE`. */
export function parseCommandLine(args: readonly string[], version: string): Invocation {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const jobArguments = end < 0 ? [] : args.slice(end + 1);
  let invocation: Invocation | undefined;
  let printed = '';
  const { root, commands } = grammar(version, jobArguments, (it) => {
    invocation = it;
  });
  for (const command of [root, ...commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  }
  try {
    root.parse([...(own.length === 0 ? ['--help'] : own)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: printed };
    throw usageError(error, own, root);
  }
  if (jobArguments.length > 0 && invocation !== undefined && !takesJobArguments(invocation)) {
    throw new UsageError(`weir ${invocation.command} takes nothing behind --`, `Run weir ${invocation.command} --help to see what it takes.`);
  }
  return invocation ?? { command: 'print', text: root.helpInformation() };
}

function takesJobArguments(invocation: Invocation): boolean {
  return invocation.command === 'run' || invocation.command === 'plan' || ('application' in invocation && invocation.application !== undefined);
}

function grammar(version: string, jobArguments: readonly string[], found: (invocation: Invocation) => void): { root: Command; commands: Command[] } {
  const root = new Command('weir')
    .description('Stateful stream processing for TypeScript.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);
  const commands = [
    addRun(root, jobArguments, found), addPlan(root, jobArguments, found), ...addJob(root, found), ...addCluster(root, jobArguments, found), ...addProcesses(root, jobArguments, found),
    ...addCheckpoint(root, found), ...addState(root, found), addConfig(root, found),
  ];
  return { root, commands };
}

/** Commander's message without its prefix, and our hint: the nearest name, or where to look. */
function usageError(error: CommanderError, args: readonly string[], root: Command): UsageError {
  const [first, suggestion] = error.message.replace(/^error: /, '').split('\n');
  const path = commandPath(args, root);
  const help = `Run ${['weir', ...path.map((it) => it.name())].join(' ')} --help to see what it takes.`;
  if (error.code === 'commander.help') {
    return new UsageError(`weir ${path.map((it) => it.name()).join(' ')} needs a command`, help);
  }
  const near = /Did you mean (?:one of )?([^?]+)\?/.exec(suggestion ?? '')?.[1] ?? nearCommand(first, path.at(-1) ?? root) ?? nearOption(first, path.at(-1) ?? root);
  const message = first.replace(/\.$/, '').replace(' is invalid. ', ' is invalid: ').replace(". Expected", ": expected");
  if (near !== undefined) return new UsageError(message, `Did you mean ${near}?`);
  const takesJobParameters = ['run', 'plan'].includes(path.at(-1)?.name() ?? '');
  const mayBeTheJobs = error.code === 'commander.unknownOption' || error.code === 'commander.excessArguments';
  return new UsageError(message, takesJobParameters && mayBeTheJobs ? `${help.slice(0, -1)}; parameters of the job itself follow behind --.` : help);
}

function commandPath(args: readonly string[], root: Command): Command[] {
  const path: Command[] = [];
  for (const arg of args) {
    const next: Command | undefined = (path.at(-1) ?? root).commands.find((it) => it.name() === arg);
    if (next === undefined) break;
    path.push(next);
  }
  return path;
}

function nearCommand(message: string, at: Command): string | undefined {
  const name = /unknown command '(.+)'/.exec(message)?.[1];
  return name === undefined ? undefined : nearestName(name, at.commands.map((it) => it.name()));
}

function nearOption(message: string, at: Command): string | undefined {
  const name = /unknown option '(-.+)'/.exec(message)?.[1];
  return name === undefined ? undefined : nearestName(name, at.options.flatMap((it) => it.long ?? []));
}
