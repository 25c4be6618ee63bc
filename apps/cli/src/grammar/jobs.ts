/** `weir job`: jobs of a cluster. */
import type { Command } from 'commander';
import {
  configurationArguments, jobIdText, withConfiguration, withTarget, type ConfigurationArguments, type ConfigurationOptions, type Found, type TargetArguments,
} from './arguments.js';

interface JobArguments extends TargetArguments, ConfigurationArguments {
  readonly jobId: string;
  readonly json: boolean;
}
export interface JobListInvocation extends TargetArguments, ConfigurationArguments {
  readonly command: 'job list';
  readonly json: boolean;
}
export interface JobShowInvocation extends JobArguments {
  readonly command: 'job show' | 'job cancel' | 'job logs';
}
export interface JobStopInvocation extends JobArguments {
  readonly command: 'job stop';
  readonly directory: string | undefined;
  readonly drain: boolean;
}
export interface JobSavepointInvocation extends JobArguments {
  readonly command: 'job savepoint';
  readonly directory: string | undefined;
}
export type JobInvocation = JobListInvocation | JobShowInvocation | JobStopInvocation | JobSavepointInvocation;

interface Options extends ConfigurationOptions {
  readonly target?: string;
  readonly json?: boolean;
  readonly savepoint?: string;
  readonly drain?: boolean;
}

export function addJob(root: Command, found: Found<JobInvocation>): Command[] {
  const job = root.command('job').description('jobs of a cluster').helpCommand(false);
  const verb = (name: string, description: string): Command => withConfiguration(withTarget(job.command(name).description(description))).option('--json', 'print JSON');
  const common = (options: Options): Omit<JobArguments, 'jobId'> => ({ target: options.target, json: options.json === true, ...configurationArguments(options) });
  const about = (jobId: string, options: Options): JobArguments => ({ ...common(options), jobId });

  const list = verb('list', 'list running and ended jobs')
    .action((options: Options) => found({ command: 'job list', ...common(options) }));
  const single = ([
    ['show', 'show a job: operators, subtasks, checkpoints, failures'],
    ['cancel', 'cancel a job; it is not resumed'],
    ['logs', 'print what the cluster\'s processes logged about a job'],
  ] as const).map(([name, description]) => verb(name, description).argument('<job-id>', 'id from weir job list', jobIdText)
    .action((jobId: string, options: Options) => found({ command: `job ${name}`, ...about(jobId, options) })));
  const stop = verb('stop', 'stop a job with a savepoint')
    .argument('<job-id>', 'id from weir job list', jobIdText)
    .option('--savepoint <directory>', 'where the savepoint goes; else execution.checkpointing.savepoint-dir')
    .option('--drain', 'first let all windows and timers fire: the job cannot go on from this savepoint with the same result')
    .action((jobId: string, options: Options) => found({ command: 'job stop', ...about(jobId, options), directory: options.savepoint, drain: options.drain === true }));
  const savepoint = verb('savepoint', 'take a savepoint of a running job')
    .argument('<job-id>', 'id from weir job list', jobIdText)
    .argument('[directory]', 'where it goes; else execution.checkpointing.savepoint-dir')
    .action((jobId: string, directory: string | undefined, options: Options) => found({ command: 'job savepoint', ...about(jobId, options), directory }));
  return [job, list, ...single, stop, savepoint];
}
