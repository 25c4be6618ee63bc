/**
 * What a local cluster leaves in its data directory about its processes:
 *
 *   <data>/cluster.json        who runs; written by the supervisor alone, removed at the end of a `down`
 *   <data>/supervisor/         lock of the supervisor: one at a time for a directory
 *   <data>/logs/<id>.log       what each process said
 *   <data>/nats/               the nats-server's configuration and its JetStream store: a copy of what lies in storage
 *   <data>/storage/            jobs, artifacts, checkpoints, epochs: the truth
 *   <data>/artifacts/          job modules as the processes import them; may be deleted
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '@weir/host-node';
import { ClusterStateDamagedError } from '../errors.js';

export type ProcessRole = 'nats' | 'jobmanager' | 'taskmanager';

/** What `up` was asked for. */
export interface ClusterShape {
  readonly jobManagers: number;
  readonly taskManagers: number;
  /** Of each TaskManager. */
  readonly slots: number;
  /** `auto`, or the servers to use. */
  readonly nats: string;
  /** REST port of the first JobManager. */
  readonly port: number;
  /** Arguments that give each JobManager the one job that the cluster is for; empty: it takes jobs. */
  readonly application: readonly string[];
}

export interface ProcessRecord extends ProcessIdentity {
  readonly role: ProcessRole;
  readonly id: string;
  /** Of a JobManager: where its REST API answers. */
  readonly rest?: string;
  /** Times that it died and was started again. */
  readonly restarts: number;
}

export interface ClusterState {
  readonly shape: ClusterShape;
  readonly supervisor: ProcessIdentity;
  /** REST address of the first JobManager. */
  readonly rest: string;
  readonly nats: string;
  readonly state: 'starting' | 'running' | 'stopping';
  readonly processes: readonly ProcessRecord[];
}

export class ClusterDirectory {
  /** `path`: absolute. */
  constructor(readonly path: string) {}

  get logs(): string {
    return join(this.path, 'logs');
  }

  get lock(): string {
    return join(this.path, 'supervisor');
  }

  get nats(): string {
    return join(this.path, 'nats');
  }

  get storage(): string {
    return join(this.path, 'storage');
  }

  get artifacts(): string {
    return join(this.path, 'artifacts');
  }

  logOf(id: string): string {
    return join(this.logs, `${id}.log`);
  }

  /** Undefined when no cluster runs, or none ended without `down`. Throws `WEIR_CLUSTER_STATE_DAMAGED`. */
  read(): ClusterState | undefined {
    try {
      return JSON.parse(readFileSync(this.stateFile, 'utf8')) as ClusterState;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if (error instanceof SyntaxError) throw new ClusterStateDamagedError(this.stateFile, error);
      throw error;
    }
  }

  /** All at once: readers see the old state or the new one. */
  write(state: ClusterState): void {
    const temporary = `${this.stateFile}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`);
    renameSync(temporary, this.stateFile);
  }

  remove(): void {
    rmSync(this.stateFile, { force: true });
  }

  make(): void {
    for (const folder of [this.path, this.logs, this.nats, this.storage]) mkdirSync(folder, { recursive: true });
  }

  private get stateFile(): string {
    return join(this.path, 'cluster.json');
  }
}
