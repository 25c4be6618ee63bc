/** The program of a slot's job: its artifact from the cluster's storage, imported against the libs of this process. */
import type { ProgramLoader } from '@weir/artifacts';
import { assert, Configuration } from '@weir/base';
import { compileJob, InProcessArtifacts, type JobArtifacts, type JobDescriptor, type StoredArtifact } from '@weir/cluster';
import type { CompiledJob } from '@weir/graph';
import type { TaskDeployment } from '@weir/task';

export class StoredArtifacts implements JobArtifacts {
  private readonly programs = new InProcessArtifacts();

  /** `artifact`: reads the one with this hash. */
  constructor(private readonly artifact: (hash: string) => Promise<StoredArtifact>, private readonly loader: ProgramLoader) {}

  /** Rejects with `WEIR_ARTIFACT_NOT_FOUND`, `WEIR_JOB_STORE_DAMAGED`, and what the module itself is refused with. */
  async prepare({ jobId, submission, configuration: text }: JobDescriptor): Promise<void> {
    assert(submission !== undefined, `job ${jobId} was sent without its submission`);
    const configuration = Configuration.of(text, 'program');
    const program = await this.loader.program(await this.artifact(submission.artifactHash), submission.parameters, configuration);
    this.programs.add(jobId, () => compileJob(program, configuration).job);
  }

  instantiate(deployment: TaskDeployment): CompiledJob {
    return this.programs.instantiate(deployment);
  }
}
