/** `weir run`, `weir plan`: commands on a job module. What comes behind `--` are the job's own parameters and is not looked at. */
import { InvalidArgumentError, type Command } from 'commander';
import { configurationArguments, withConfiguration, withTarget, wholeNumber, type ConfigurationArguments, type ConfigurationOptions, type Found, type TargetArguments } from './arguments.js';

interface JobModuleArguments extends ConfigurationArguments {
  readonly module: string;
  readonly parallelism: number | undefined;
  readonly json: boolean;
  readonly jobArguments: readonly string[];
}
export interface RunInvocation extends JobModuleArguments, TargetArguments {
  readonly command: 'run';
  readonly resume: boolean;
  /** Submit and go. */
  readonly detached: boolean;
  readonly fromSavepoint: string | undefined;
  readonly allowNonRestoredState: boolean;
  /** One thread per slot, in an embedded run; undefined: see `chooseThreads`. */
  readonly threads: 'on' | 'off' | undefined;
}
export interface PlanInvocation extends JobModuleArguments {
  readonly command: 'plan';
}

interface JobModuleOptions extends ConfigurationOptions {
  readonly parallelism?: number;
  readonly json?: boolean;
}

const JOB_PARAMETERS = 'Parameters of the job follow behind --, for example:';

export function addRun(root: Command, jobArguments: readonly string[], found: Found<RunInvocation>): Command {
  const command = root.command('run')
    .description('run a job in this process, or on a cluster')
    .argument('<module>', 'TypeScript or JavaScript file whose default export is a job')
    .option('-p, --parallelism <n>', 'subtasks per operator', wholeNumber);
  return withConfiguration(withTarget(command))
    .option('--resume', 'go on from the last completed checkpoint of the latest run in this process')
    .option('-s, --from-savepoint <path>', 'begin with the state of a savepoint or checkpoint')
    .option('--allow-non-restored-state', 'pass over state of operators that the job no longer has')
    .option('-d, --detached', 'on a cluster: print the job id and do not wait')
    .option('--threads <on|off>', 'in this process: a thread per slot (default: on above parallelism 1)', onOrOff)
    .option('--json', 'print events and the result as one JSON object per line')
    .addHelpText('after', `\n${JOB_PARAMETERS} weir run job.ts -- --input flights.parquet\n`
      + 'In this process Ctrl-C cancels the job; on a cluster it leaves the job running. A second Ctrl-C ends the process at once.')
    .action((module: string, options: JobModuleOptions & {
      target?: string; resume?: boolean; detached?: boolean; fromSavepoint?: string; allowNonRestoredState?: boolean; threads?: 'on' | 'off';
    }) => {
      found({
        command: 'run', module, jobArguments, parallelism: options.parallelism, ...configurationArguments(options), target: options.target,
        resume: options.resume === true, json: options.json === true, detached: options.detached === true, fromSavepoint: options.fromSavepoint,
        allowNonRestoredState: options.allowNonRestoredState === true, threads: options.threads,
      });
    });
}

export function addPlan(root: Command, jobArguments: readonly string[], found: Found<PlanInvocation>): Command {
  const command = root.command('plan')
    .description('show the graph of a job without running it')
    .argument('<module>', 'TypeScript or JavaScript file whose default export is a job')
    .option('-p, --parallelism <n>', 'subtasks per operator', wholeNumber);
  return withConfiguration(command)
    .option('--json', 'print the job graph as JSON')
    .addHelpText('after', `\n${JOB_PARAMETERS} weir plan job.ts -- --input flights.parquet`)
    .action((module: string, options: JobModuleOptions) => {
      found({ command: 'plan', module, jobArguments, parallelism: options.parallelism, ...configurationArguments(options), json: options.json === true });
    });
}

function onOrOff(text: string): 'on' | 'off' {
  if (text === 'on' || text === 'off') return text;
  throw new InvalidArgumentError('expected on or off');
}
