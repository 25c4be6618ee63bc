/** What can go wrong between a job and its folder on this machine. */
import { WeirError } from '@weir/base';

/** Another live process runs the same job (same name and parameters) from the same folder. Code `WEIR_JOB_ALREADY_RUNNING`. */
export class JobAlreadyRunningError extends WeirError {
  constructor(readonly at: { readonly jobName: string; readonly folder: string; readonly pid: number; readonly host: string }) {
    super({
      code: 'WEIR_JOB_ALREADY_RUNNING', domain: 'user', retry: 'later',
      message: `job "${at.jobName}" is already running in process ${at.pid} on ${at.host} (folder ${at.folder})`,
      hint: 'Wait for it or stop it; to run both at once, give one of them other parameters or another execution.checkpointing.dir.',
      details: { ...at },
    });
  }
}

/** A file in the job's folder cannot be read as what it should be. Code `WEIR_JOB_FOLDER_DAMAGED`. */
export class JobFolderDamagedError extends WeirError {
  constructor(readonly path: string, problem: string, cause?: unknown) {
    super({
      code: 'WEIR_JOB_FOLDER_DAMAGED', domain: 'external', retry: 'never',
      message: `${path} ${problem}`,
      hint: 'Restore the file from a backup; or move the job\'s folder away and start anew, then remove the old output yourself.',
      cause,
      details: { path },
    });
  }
}

/** The job was cancelled before it finished. Code `WEIR_JOB_CANCELED`. */
export class JobCanceledError extends WeirError {
  constructor(jobName: string) {
    super({
      code: 'WEIR_JOB_CANCELED', domain: 'user', retry: 'never',
      message: `job "${jobName}" was cancelled`,
      hint: 'Run it again; weir run --resume goes on from its last completed checkpoint.',
    });
  }
}
