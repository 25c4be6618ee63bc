/** `weir cluster`, `weir jobmanager`, `weir taskmanager`, `weir config`: the processes of a cluster and their configuration. */
import type { Command } from 'commander';
import {
  configurationArguments, portNumber, withConfiguration, wholeNumber, type ConfigurationArguments, type ConfigurationOptions, type Found,
} from './arguments.js';

export interface ClusterUpInvocation extends ConfigurationArguments {
  readonly command: 'cluster up';
  readonly jobManagers: number;
  readonly taskManagers: number;
  /** Per TaskManager. */
  readonly slots: number;
  /** `auto`: a nats-server of the cluster's own. */
  readonly nats: string;
  readonly port: number | undefined;
  readonly data: string;
  /** The one job that the cluster is for. */
  readonly application: ApplicationArguments | undefined;
  readonly parallelism: number | undefined;
  /** Stay, show the processes' logs, end the cluster with Ctrl-C. */
  readonly foreground: boolean;
  readonly json: boolean;
}
export interface ClusterInvocation extends ConfigurationArguments {
  readonly command: 'cluster status' | 'cluster down';
  readonly data: string;
  readonly json: boolean;
}
/** A job that a cluster is started for, and ends with. */
export interface ApplicationArguments {
  readonly module: string;
  readonly jobArguments: readonly string[];
  readonly fromSavepoint: string | undefined;
  readonly allowNonRestoredState: boolean;
}
export interface JobManagerInvocation extends ConfigurationArguments {
  readonly command: 'jobmanager';
  /** Application mode. */
  readonly application: ApplicationArguments | undefined;
  readonly parallelism: number | undefined;
}
export interface TaskManagerInvocation extends ConfigurationArguments {
  readonly command: 'taskmanager';
}
export interface ConfigInvocation extends ConfigurationArguments {
  readonly command: 'config';
  readonly json: boolean;
}

export const DEFAULT_DATA_DIRECTORY = '.weir/cluster';

interface ApplicationOptions extends ConfigurationOptions {
  readonly job?: string;
  readonly parallelism?: number;
  readonly fromSavepoint?: string;
  readonly allowNonRestoredState?: boolean;
}

function withApplication(command: Command): Command {
  return command
    .option('--job <module>', 'application mode: run this job, and end with it; its parameters follow behind --')
    .option('-p, --parallelism <n>', 'subtasks per operator', wholeNumber)
    .option('-s, --from-savepoint <path>', 'with --job: begin with the state of a savepoint or checkpoint')
    .option('--allow-non-restored-state', 'pass over state of operators that the job no longer has');
}

function applicationArguments({ job, fromSavepoint, allowNonRestoredState }: ApplicationOptions, jobArguments: readonly string[]): ApplicationArguments | undefined {
  return job === undefined ? undefined : { module: job, jobArguments, fromSavepoint, allowNonRestoredState: allowNonRestoredState === true };
}

export function addCluster(root: Command, jobArguments: readonly string[], found: Found<ClusterUpInvocation | ClusterInvocation>): Command[] {
  const cluster = root.command('cluster').description('a cluster of processes on this machine').helpCommand(false);
  const withData = (command: Command): Command => command
    .option('--data <directory>', 'logs, durable state, and who runs', DEFAULT_DATA_DIRECTORY)
    .option('--json', 'print JSON');
  const up = withApplication(withData(withConfiguration(cluster.command('up').description('start a cluster, or the one that ran here before'))))
    .option('--jobmanagers <n>', 'JobManagers; one leads, the others stand by', wholeNumber, 1)
    .option('--taskmanagers <n>', 'TaskManagers', wholeNumber, 2)
    .option('--slots <n>', 'slots of each TaskManager', wholeNumber, 2)
    .option('--nats <url|auto>', 'NATS servers to use; auto: one of the cluster\'s own', 'auto')
    .option('--port <port>', 'REST port of the first JobManager; default rest.port', portNumber)
    .option('--foreground', 'stay and show the logs; Ctrl-C ends the cluster')
    .action((options: ApplicationOptions & { jobmanagers: number; taskmanagers: number; slots: number; nats: string; port?: number; data: string; foreground?: boolean; json?: boolean }) => {
      found({
        command: 'cluster up', ...configurationArguments(options), jobManagers: options.jobmanagers, taskManagers: options.taskmanagers, slots: options.slots,
        nats: options.nats, port: options.port, data: options.data, application: applicationArguments(options, jobArguments), parallelism: options.parallelism,
        foreground: options.foreground === true, json: options.json === true,
      });
    });
  const others = ([
    ['status', 'show the processes, the leader, slots and jobs'],
    ['down', 'end all processes; jobs go on with the next up'],
  ] as const).map(([verb, description]) => withData(withConfiguration(cluster.command(verb).description(description)))
    .action((options: ConfigurationOptions & { data: string; json?: boolean }) => {
      found({ command: `cluster ${verb}`, ...configurationArguments(options), data: options.data, json: options.json === true });
    }));
  return [cluster, up, ...others];
}

const PROCESS_HELP = '\nSIGTERM ends it gracefully. Configuration: --config, WEIR_… variables, -D; weir config shows what comes of it.';

export function addProcesses(root: Command, jobArguments: readonly string[], found: Found<JobManagerInvocation | TaskManagerInvocation>): Command[] {
  const jobManager = withApplication(withConfiguration(root.command('jobmanager').description('run a JobManager in this process')))
    .addHelpText('after', PROCESS_HELP)
    .action((options: ApplicationOptions) => found({
      command: 'jobmanager', ...configurationArguments(options), application: applicationArguments(options, jobArguments), parallelism: options.parallelism,
    }));
  const taskManager = withConfiguration(root.command('taskmanager').description('run a TaskManager in this process'))
    .addHelpText('after', PROCESS_HELP)
    .action((options: ConfigurationOptions) => found({ command: 'taskmanager', ...configurationArguments(options) }));
  return [jobManager, taskManager];
}

export function addConfig(root: Command, found: Found<ConfigInvocation>): Command {
  return withConfiguration(root.command('config').description('show every setting, its value, and where that comes from'))
    .option('--json', 'print JSON')
    .action((options: ConfigurationOptions & { json?: boolean }) => found({ command: 'config', ...configurationArguments(options), json: options.json === true }));
}
