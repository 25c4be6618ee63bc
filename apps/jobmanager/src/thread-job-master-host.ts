/**
 * JobMasters in threads of their own: one thread a job. A job's `build`, its enumerators and committers are user code; what they do to their thread costs
 * this job and nothing else.
 */
import type { ActorAddress } from '@weir/actor';
import type { JobMasterHost, JobMasterStart, JobSubmission } from '@weir/cluster';
import type { JobPlan } from '@weir/graph';
import type { NodeThread, ThreadPool } from '@weir/process';
import type { JobThreadCommand } from './job-thread-settings.js';

/** Time for a JobMaster's actors to close what they opened, before the thread is ended by force. */
const STOP_GRACE_MS = 1000;

export class ThreadJobMasterHost implements JobMasterHost {
  private readonly threads = new Map<ActorAddress, NodeThread>();

  /** The threads of `pool` run `job-thread`. */
  constructor(private readonly pool: ThreadPool) {}

  async start(start: JobMasterStart): Promise<ActorAddress> {
    const thread = await this.pool.take();
    let address: ActorAddress;
    try {
      address = await thread.call<ActorAddress>({ type: 'start-job', start } satisfies JobThreadCommand);
    } catch (error) {
      await this.pool.give(thread, 0);
      throw error;
    }
    this.threads.set(address, thread);
    void thread.ended.then(() => this.threads.delete(address));
    return address;
  }

  async stop(address: ActorAddress): Promise<void> {
    const thread = this.threads.get(address);
    if (thread === undefined) return;
    await this.pool.give(thread, STOP_GRACE_MS);
  }

  async plan(submission: JobSubmission): Promise<JobPlan> {
    const thread = await this.pool.take();
    try {
      return await thread.call<JobPlan>({ type: 'plan-job', submission } satisfies JobThreadCommand);
    } finally {
      await this.pool.give(thread, 0);
    }
  }
}
