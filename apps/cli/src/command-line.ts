/**
 * The grammar of the command line: from arguments to one {@link Invocation}, nothing is run here. What comes behind `--` are the job's
 * own parameters and is not looked at.
 */
import { nearestName } from '@weir/base';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { UsageError } from './errors.js';

export interface RunInvocation {
  readonly command: 'run';
  readonly module: string;
  readonly parallelism: number | undefined;
  readonly definitions: Readonly<Record<string, string>>;
  readonly resume: boolean;
  readonly json: boolean;
  readonly jobArguments: readonly string[];
}
export interface PlanInvocation {
  readonly command: 'plan';
  readonly module: string;
  readonly parallelism: number | undefined;
  readonly definitions: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly jobArguments: readonly string[];
}
export interface CheckpointInvocation {
  readonly command: 'checkpoint ls' | 'checkpoint show' | 'checkpoint verify';
  readonly path: string;
  readonly json: boolean;
}
/** `--help` and `--version`. */
export interface PrintInvocation {
  readonly command: 'print';
  readonly text: string;
}
export type Invocation = RunInvocation | PlanInvocation | CheckpointInvocation | PrintInvocation;

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
  if (jobArguments.length > 0 && invocation !== undefined && invocation.command !== 'run' && invocation.command !== 'plan') {
    throw new UsageError(`weir ${invocation.command} takes nothing behind --`, `Run weir ${invocation.command} --help to see what it takes.`);
  }
  return invocation ?? { command: 'print', text: root.helpInformation() };
}

const JOB_PARAMETERS = 'Parameters of the job follow behind --, for example:';

function grammar(version: string, jobArguments: readonly string[], found: (invocation: Invocation) => void): { root: Command; commands: Command[] } {
  const root = new Command('weir')
    .description('Stateful stream processing for TypeScript.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);

  const run = root.command('run')
    .description('run a job in this process')
    .argument('<module>', 'TypeScript or JavaScript file whose default export is a job')
    .option('-p, --parallelism <n>', 'subtasks per operator', wholeNumber)
    .option('-D, --define <key=value>', 'set a configuration key; may be repeated (docs/configuration.md)', collectDefinition)
    .option('--resume', 'go on from the last completed checkpoint of the latest run')
    .option('--json', 'print events and the result as one JSON object per line')
    .addHelpText('after', `\n${JOB_PARAMETERS} weir run job.ts -- --input flights.parquet\nCtrl-C cancels the job; a second Ctrl-C ends the process at once.`)
    .action((module: string, options: { parallelism?: number; define?: Record<string, string>; resume?: boolean; json?: boolean }) => {
      found({
        command: 'run', module, jobArguments, parallelism: options.parallelism, definitions: options.define ?? {},
        resume: options.resume === true, json: options.json === true,
      });
    });

  const plan = root.command('plan')
    .description('show the graph of a job without running it')
    .argument('<module>', 'TypeScript or JavaScript file whose default export is a job')
    .option('-p, --parallelism <n>', 'subtasks per operator', wholeNumber)
    .option('-D, --define <key=value>', 'set a configuration key; may be repeated (docs/configuration.md)', collectDefinition)
    .option('--json', 'print the job graph as JSON')
    .addHelpText('after', `\n${JOB_PARAMETERS} weir plan job.ts -- --input flights.parquet`)
    .action((module: string, options: { parallelism?: number; define?: Record<string, string>; json?: boolean }) => {
      found({ command: 'plan', module, jobArguments, parallelism: options.parallelism, definitions: options.define ?? {}, json: options.json === true });
    });

  const checkpoint = root.command('checkpoint').description('look at checkpoints on disk').helpCommand(false);
  const verbs = ([
    ['ls', 'list the checkpoints below a directory', 'directory of a job, of a history, or above them'],
    ['show', 'show what a checkpoint consists of', 'directory of one checkpoint'],
    ['verify', 'read every file of a checkpoint and compare sizes and checksums', 'directory of one checkpoint'],
  ] as const).map(([verb, description, path]) =>
    checkpoint.command(verb).description(description).argument('<path>', path).option('--json', 'print JSON')
      .action((path: string, options: { json?: boolean }) => {
        found({ command: `checkpoint ${verb}`, path, json: options.json === true });
      }));
  return { root, commands: [run, plan, checkpoint, ...verbs] };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1');
  return Number(text);
}

function collectDefinition(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected key=value');
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
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
