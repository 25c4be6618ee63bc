/** Errors of the command line itself: usage, job modules that are not there, paths that are no checkpoints. */
import { WeirError } from '@weir/base';

/** The command line cannot be understood. Code `WEIR_CLI_USAGE`, exit code 2. */
export class UsageError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_CLI_USAGE', domain: 'user', retry: 'never', message, hint });
  }
}

/** There is no file at the given path. Code `WEIR_JOB_MODULE_NOT_FOUND`. */
export class JobModuleNotFoundError extends WeirError {
  constructor(path: string, near: string | undefined, isDirectory = false) {
    super({
      code: 'WEIR_JOB_MODULE_NOT_FOUND', domain: 'user', retry: 'never',
      message: isDirectory ? `${path} is a directory and no job module` : `there is no job module at ${path}`,
      hint: near === undefined ? 'Give the path of a TypeScript or JavaScript file, relative to the working directory.' : `Did you mean ${near}?`,
      details: { path },
    });
  }
}

/** A path given to `weir checkpoint` is no checkpoint and holds none. Code `WEIR_CHECKPOINT_NOT_FOUND`. */
export class NoCheckpointError extends WeirError {
  constructor(path: string, why: string) {
    super({
      code: 'WEIR_CHECKPOINT_NOT_FOUND', domain: 'user', retry: 'never',
      message: `${path} is no checkpoint: ${why}`,
      hint: 'List them with `weir checkpoint ls`, for example of .weir/checkpoints, and give a path from its last column.',
      details: { path },
    });
  }
}

/** The configuration file is not there or is no YAML with keys and values. Code `WEIR_CONFIG_FILE_INVALID`. */
export class ConfigFileError extends WeirError {
  constructor(message: string, cause?: unknown) {
    super({
      code: 'WEIR_CONFIG_FILE_INVALID', domain: 'user', retry: 'never', message, cause,
      hint: 'Write a YAML file with lines such as `parallelism.default: 4`; keys are listed in docs/configuration.md.',
    });
  }
}

/** A cluster of another shape runs on this data directory. Code `WEIR_CLUSTER_ALREADY_RUNNING`. */
export class ClusterAlreadyRunningError extends WeirError {
  constructor(directory: string, pid: number, what: string) {
    super({
      code: 'WEIR_CLUSTER_ALREADY_RUNNING', domain: 'user', retry: 'never',
      message: `a cluster runs in ${directory} already (supervisor process ${pid})${what === '' ? '' : `, with ${what}`}`,
      hint: 'End it with `weir cluster down`, or give the new one another --data and --port.',
      details: { directory, pid },
    });
  }
}

/** No cluster runs on this data directory. Code `WEIR_CLUSTER_NOT_RUNNING`. */
export class ClusterNotRunningError extends WeirError {
  constructor(directory: string) {
    super({
      code: 'WEIR_CLUSTER_NOT_RUNNING', domain: 'user', retry: 'never', details: { directory },
      message: `no cluster runs in ${directory}`,
      hint: 'Start one with `weir cluster up`, or name its --data directory.',
    });
  }
}

/** A process of the cluster ended, or the cluster was not ready in time. Code `WEIR_CLUSTER_START_FAILED`. */
export class ClusterStartError extends WeirError {
  constructor(message: string, log: string, lastLines: readonly string[]) {
    super({
      code: 'WEIR_CLUSTER_START_FAILED', domain: 'external', retry: 'never', details: { log },
      message: [message, ...lastLines.map((line) => `  ${line}`)].join('\n'),
      hint: `Look at ${log}.`,
    });
  }
}

/** The file that says who runs cannot be read. Code `WEIR_CLUSTER_STATE_DAMAGED`. */
export class ClusterStateDamagedError extends WeirError {
  constructor(path: string, cause: unknown) {
    super({
      code: 'WEIR_CLUSTER_STATE_DAMAGED', domain: 'external', retry: 'never', cause, details: { path },
      message: `${path} does not hold the state of a cluster`,
      hint: 'End the cluster\'s processes yourself, if there are any, and delete the file; jobs and their state lie elsewhere.',
    });
  }
}

/** Somebody listens on the port already. Code `WEIR_PORT_TAKEN`. */
export class PortTakenError extends WeirError {
  constructor(port: number, address: string) {
    super({
      code: 'WEIR_PORT_TAKEN', domain: 'user', retry: 'never', details: { port, address },
      message: `port ${port} on ${address} is taken`,
      hint: 'Give another one with --port, or rest.port in the configuration.',
    });
  }
}
