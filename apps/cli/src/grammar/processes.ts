/** `weir cluster`, `weir jobmanager`, `weir taskmanager`, `weir config`: the processes of a cluster and their configuration. */
import type { Command } from 'commander';
import { configurationArguments, portNumber, withConfiguration, wholeNumber, type ConfigurationArguments, type ConfigurationOptions, type Found } from './arguments.js';

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
  /** Stay, show the processes' logs, end the cluster with Ctrl-C. */
  readonly foreground: boolean;
  readonly json: boolean;
}
export interface ClusterInvocation {
  readonly command: 'cluster status' | 'cluster down';
  readonly data: string;
  readonly json: boolean;
}
export interface ProcessInvocation extends ConfigurationArguments {
  readonly command: 'jobmanager' | 'taskmanager';
}
export interface ConfigInvocation extends ConfigurationArguments {
  readonly command: 'config';
  readonly json: boolean;
}

export const DEFAULT_DATA_DIRECTORY = '.weir/cluster';

export function addCluster(root: Command, found: Found<ClusterUpInvocation | ClusterInvocation>): Command[] {
  const cluster = root.command('cluster').description('a cluster of processes on this machine').helpCommand(false);
  const withData = (command: Command): Command => command
    .option('--data <directory>', 'logs, durable state, and who runs', DEFAULT_DATA_DIRECTORY)
    .option('--json', 'print JSON');
  const up = withData(withConfiguration(cluster.command('up').description('start a cluster, or the one that ran here before')))
    .option('--jobmanagers <n>', 'JobManagers; one leads, the others stand by', wholeNumber, 1)
    .option('--taskmanagers <n>', 'TaskManagers', wholeNumber, 2)
    .option('--slots <n>', 'slots of each TaskManager', wholeNumber, 2)
    .option('--nats <url|auto>', 'NATS servers to use; auto: one of the cluster\'s own', 'auto')
    .option('--port <port>', 'REST port of the first JobManager; default rest.port', portNumber)
    .option('--foreground', 'stay and show the logs; Ctrl-C ends the cluster')
    .action((options: ConfigurationOptions & { jobmanagers: number; taskmanagers: number; slots: number; nats: string; port?: number; data: string; foreground?: boolean; json?: boolean }) => {
      found({
        command: 'cluster up', ...configurationArguments(options), jobManagers: options.jobmanagers, taskManagers: options.taskmanagers, slots: options.slots,
        nats: options.nats, port: options.port, data: options.data, foreground: options.foreground === true, json: options.json === true,
      });
    });
  const others = ([
    ['status', 'show the processes, the leader, slots and jobs'],
    ['down', 'end all processes; jobs go on with the next up'],
  ] as const).map(([verb, description]) => withData(cluster.command(verb).description(description))
    .action((options: { data: string; json?: boolean }) => found({ command: `cluster ${verb}`, data: options.data, json: options.json === true })));
  return [cluster, up, ...others];
}

export function addProcesses(root: Command, found: Found<ProcessInvocation>): Command[] {
  return ([
    ['jobmanager', 'run a JobManager in this process'],
    ['taskmanager', 'run a TaskManager in this process'],
  ] as const).map(([role, description]) => withConfiguration(root.command(role).description(description))
    .addHelpText('after', '\nSIGTERM ends it gracefully. Configuration: --config, WEIR_… variables, -D; weir config shows what comes of it.')
    .action((options: ConfigurationOptions) => found({ command: role, ...configurationArguments(options) })));
}

export function addConfig(root: Command, found: Found<ConfigInvocation>): Command {
  return withConfiguration(root.command('config').description('show every setting, its value, and where that comes from'))
    .option('--json', 'print JSON')
    .action((options: ConfigurationOptions & { json?: boolean }) => found({ command: 'config', ...configurationArguments(options), json: options.json === true }));
}
