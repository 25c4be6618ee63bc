/** JobManagers under virtual time, with one disk, one leader register and scripted JobMasters. */
import { createHash } from 'node:crypto';
import { ActorSystem } from '@weir/actor';
import { Configuration, type FailureInfo, type JobId } from '@weir/base';
import { MemoryLeaderRegister } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import { type ClusterGateway, JobManager, JobStore, type StoredArtifact, type SubmitRequest } from '../../src/index.js';
import { ScriptedJobMasters } from './scripted-job-masters.js';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function artifact(code = 'export default 1;'): StoredArtifact {
  const hash = sha256(new TextEncoder().encode(code));
  return { hash, name: 'job.ts', code, map: '{}', openImports: ['@weir/datastream'], entryFolderUrl: 'file:///home/me/', uploadedAtMs: 1 };
}

export function request(over: Partial<SubmitRequest> = {}): SubmitRequest {
  return { artifactHash: artifact().hash, parameters: {}, configuration: {}, workingDirectory: '/home/me', ...over };
}

export class JobManagers {
  readonly world: SimulatedWorld;
  readonly register = new MemoryLeaderRegister();
  readonly masters = new ScriptedJobMasters();
  readonly fatal: FailureInfo[] = [];
  readonly systems = new Map<string, ActorSystem>();
  readonly managers = new Map<string, JobManager>();

  constructor(seed: string, private readonly values: Readonly<Record<string, string>> = {}) {
    this.world = new SimulatedWorld({ seed });
  }

  start(name: string): JobManager {
    const { clock, timers, random, logger, control, files, highAvailability } = this.world.node(name);
    const system = new ActorSystem({ node: name, clock, timers, random: random.stream('actors'), logger, control });
    const configuration = Configuration.of(this.values, 'file');
    const manager = new JobManager({
      node: name, restUrl: `http://${name}:8081`, system, clock, random: random.stream('job manager'), register: this.register.as(name), highAvailability,
      jobHighAvailability: (jobId) => this.masters.highAvailability(jobId),
      store: new JobStore({ files, directory: '/cluster', sha256 }),
      host: this.masters.host(system, name), configuration, onFatalError: (failure) => this.fatal.push(failure),
    });
    this.systems.set(name, system);
    this.managers.set(name, manager);
    manager.start();
    return manager;
  }

  leader(): JobManager | undefined {
    return [...this.managers.values()].find((manager) => manager.leads() !== undefined);
  }

  /** The gateway of whoever leads, with the artifact of `request` in the store. */
  async ready(): Promise<ClusterGateway> {
    await this.world.until(() => this.leader() !== undefined);
    const gateway = (this.leader() as JobManager).gateway();
    await this.world.resolved(gateway.addArtifact(artifact()));
    return gateway;
  }

  async registerOf(jobId: JobId): Promise<string | undefined> {
    return (await this.masters.highAvailability(jobId).readRegister(jobId))?.value.status;
  }
}
