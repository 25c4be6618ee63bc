/** `weir jobmanager`: a JobManager in this process, in the foreground; with `--job` the JobManager of a cluster of this one job. */
import { basename } from 'node:path';
import { toStoredArtifact } from '@weir/artifacts';
import type { Configuration } from '@weir/base';
import { parseJobArguments } from '@weir/datastream';
import { type Application, runJobManager } from '@weir/jobmanager';
import { configurationOf } from '../configuration.js';
import type { ApplicationArguments, JobManagerInvocation } from '../grammar/processes.js';
import type { CliIo } from '../io.js';
import { openArtifact } from '../module/open-artifact.js';
import { absolutePath } from '../paths.js';
import { processIo } from './process-io.js';

/** Ends the process itself: whatever may still be open, what had to be done is done. */
export async function jobmanager(invocation: JobManagerInvocation, io: CliIo): Promise<number> {
  const configuration = await configurationOf(invocation, io);
  const { application } = invocation;
  const code = await runJobManager(configuration, processIo(io), application === undefined ? undefined : await applicationOf(application, configuration, io));
  io.exitNow(code);
  return code;
}

/** Bundles the module and runs none of it: that is for the job's own thread. */
async function applicationOf({ module, jobArguments, fromSavepoint, allowNonRestoredState }: ApplicationArguments, configuration: Configuration, io: CliIo): Promise<Application> {
  const { entryFolderUrl, artifact } = await openArtifact(module, io.workingDirectory, configuration);
  return {
    artifact: toStoredArtifact(artifact(), { name: basename(module), entryFolderUrl, uploadedAtMs: io.clock.now() }),
    request: {
      parameters: parseJobArguments(jobArguments), configuration: {}, workingDirectory: io.workingDirectory,
      ...(fromSavepoint === undefined ? {} : { restoreFrom: { path: absolutePath(fromSavepoint, io), allowNonRestoredState } }),
    },
  };
}
