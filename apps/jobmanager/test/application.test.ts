import { describe, expect, it } from '@jest/globals';
import { type ClusterGateway, type JobDetails, JobNotFoundError, type JobState, NotLeaderError, type StoredArtifact, type SubmitRequest } from '@weir/cluster';
import { ManualClock, ManualTimers } from '@weir/ports';
import { applicationJobId, runApplication } from '../src/application.js';

const artifact: StoredArtifact = { hash: 'a'.repeat(64), name: 'job.ts', code: '', map: '{}', openImports: [], entryFolderUrl: 'file:///', uploadedAtMs: 0 };
const request = { parameters: { n: '1' }, configuration: {}, workingDirectory: '/home/me' };
const ID = applicationJobId('weir');

/** A cluster that knows at most one job. */
class OneJobCluster {
  leads = true;
  state: JobState | undefined;
  refusal: Error | undefined;
  readonly submitted: SubmitRequest[] = [];
  private readonly timers = new ManualTimers(new ManualClock());

  run(): Promise<JobDetails> {
    return runApplication({ artifact, request }, ID, this.gateway(), this.timers);
  }

  /** Lets it look a few times. */
  async looks(): Promise<void> {
    for (let i = 0; i < 5; i++) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      this.timers.advanceBy(1000);
    }
  }

  private gateway(): ClusterGateway {
    const led = async <T>(answer: () => T): Promise<T> => {
      if (!this.leads) throw new NotLeaderError('jm-1', undefined);
      return answer();
    };
    return {
      job: () => led(() => {
        if (this.state === undefined) throw new JobNotFoundError(ID);
        return { status: { jobId: ID, state: this.state } } as JobDetails;
      }),
      addArtifact: () => led(() => undefined),
      submit: (given: SubmitRequest) => led(() => {
        if (this.refusal !== undefined) throw this.refusal;
        this.submitted.push(given);
        this.state = 'running';
        return ID;
      }),
    } as Partial<ClusterGateway> as ClusterGateway;
  }
}

describe('the job of a cluster of one job', () => {
  it('is submitted once, under an id that follows from the cluster\'s name, and awaited', async () => {
    const cluster = new OneJobCluster();
    const ended = cluster.run();
    await cluster.looks();
    expect(cluster.submitted).toEqual([{ ...request, jobId: ID, artifactHash: artifact.hash }]);
    cluster.state = 'finished';
    await cluster.looks();
    expect((await ended).status.state).toBe('finished');
    expect(applicationJobId('weir')).toBe(ID);
    expect(applicationJobId('other')).not.toBe(ID);
  });

  it('given that it has ended already / then nothing is submitted', async () => {
    const cluster = new OneJobCluster();
    cluster.state = 'failed';
    expect((await cluster.run()).status.state).toBe('failed');
    expect(cluster.submitted).toEqual([]);
  });

  it('given a standby / then it waits until it leads, also when that changes between two requests', async () => {
    const cluster = new OneJobCluster();
    cluster.leads = false;
    const ended = cluster.run();
    await cluster.looks();
    expect(cluster.submitted).toEqual([]);
    cluster.refusal = new NotLeaderError('jm-1', undefined);
    cluster.leads = true;
    await cluster.looks();
    cluster.refusal = undefined;
    await cluster.looks();
    expect(cluster.submitted).toHaveLength(1);
    cluster.state = 'canceled';
    await cluster.looks();
    expect((await ended).status.state).toBe('canceled');
  });

  it('given a job that is refused / then it is told', async () => {
    const cluster = new OneJobCluster();
    cluster.refusal = new Error('no such parameter');
    await expect(cluster.run()).rejects.toThrow('no such parameter');
  });
});
