/** JobMasters that run nothing: they open their job in its register as real ones do, and then do what the test tells them. */
import type { Actor, ActorAddress, ActorContext, ActorSystem } from '@weir/actor';
import { type FailureInfo, failureInfo, type JobId, type LeaderEpoch } from '@weir/base';
import { LeadershipLostError } from '@weir/checkpoint';
import { type JobRegister, MemoryHighAvailability } from '@weir/ports';
import type { JobClientMessage, JobMasterHost, JobMasterMessage, JobMasterStart, JobState, JobStatus } from '../../src/index.js';

type Script = { readonly type: 'end'; readonly status: 'finished' | 'failed' | 'canceled'; readonly failure?: FailureInfo } | { readonly type: 'opened'; readonly epoch: LeaderEpoch | undefined };
type Message = Script | Pick<Extract<JobMasterMessage, { type: 'cancel-job' | 'suspend-job' }>, 'type'> | Extract<JobMasterMessage, { type: 'take-savepoint' }>;

/** One JobMaster, as the test sees it. */
export class ScriptedJobMaster implements Actor<Message> {
  epoch: LeaderEpoch | undefined;
  readonly received: Message[] = [];
  private context: ActorContext<Message> | undefined;

  constructor(readonly node: string, readonly how: JobMasterStart, private readonly masters: ScriptedJobMasters) {}

  get address(): ActorAddress {
    return `${this.node}/${this.how.name}`;
  }

  get isAlive(): boolean {
    return this.context?.isRunning === true;
  }

  started(context: ActorContext<Message>): void {
    this.context = context;
    const { jobId } = this.how;
    const open = async (): Promise<LeaderEpoch | undefined> => {
      const ha = this.masters.highAvailability(jobId);
      const register = await ha.readRegister(jobId);
      if (register !== undefined && register.value.status !== 'running') return undefined;
      const epoch = await ha.claimEpoch();
      await ha.compareAndSetRegister(jobId, register?.version ?? 0, { ...register?.value, epoch, status: 'running' });
      return epoch;
    };
    if (!this.masters.opensJobs) return;
    context.pipe<Message>(open().then((epoch) => ({ type: 'opened', epoch })), (message) => message, (error) => {
      throw error;
    });
  }

  receive(message: Message, context: ActorContext<Message>): void {
    this.received.push(message);
    switch (message.type) {
      case 'opened': {
        this.epoch = message.epoch;
        const failure = message.epoch === undefined ? failureInfo(new Error('the job has ended'), 'WEIR_JOB_ENDED') : this.masters.rejection(this.how);
        if (failure === undefined) {
          this.tell({ type: 'job-accepted', jobId: this.how.jobId, status: this.status('created') });
          this.tell({ type: 'job-event', jobId: this.how.jobId, event: { type: 'state', from: 'created', to: 'running' }, status: this.status('running') });
        } else {
          this.tell({ type: 'job-rejected', jobId: this.how.jobId, failure });
          context.stop();
        }
        return;
      }
      case 'end':
        void this.record(message.status).then((recorded) => {
          const failure = recorded ? message.failure : failureInfo(new LeadershipLostError(this.epoch as LeaderEpoch, 'a later one exists'));
          this.ended(recorded ? message.status : 'failed', failure);
        });
        return;
      case 'cancel-job':
        this.receive({ type: 'end', status: 'canceled' }, context);
        return;
      case 'suspend-job':
        this.ended('canceled', undefined);
        return;
      default:
    }
  }

  /** As if the thread had died. */
  die(): void {
    this.context?.stop();
  }

  end(status: 'finished' | 'failed' | 'canceled', failure?: FailureInfo): void {
    this.context?.self.tell({ type: 'end', status, ...(failure === undefined ? {} : { failure }) });
  }

  tell(message: JobClientMessage): void {
    this.context?.refFor<JobClientMessage>(this.how.client).tell(message);
  }

  status(state: JobState): JobStatus {
    return {
      jobId: this.how.jobId, jobName: 'scripted', state, startedAtMs: this.context?.clock.now() ?? 0, vertices: [], restarts: 0,
      checkpoints: { completed: 0, failed: 0, inProgress: 0 },
    };
  }

  private ended(state: 'finished' | 'failed' | 'canceled', failure: FailureInfo | undefined): void {
    this.tell({ type: 'job-ended', jobId: this.how.jobId, result: { jobId: this.how.jobId, state, status: this.status(state), durationMs: 1, ...(failure === undefined ? {} : { failure }) } });
    this.context?.stop();
  }

  /** False when deposed. */
  private async record(status: JobRegister['status']): Promise<boolean> {
    const { jobId } = this.how;
    const ha = this.masters.highAvailability(jobId);
    const register = await ha.readRegister(jobId);
    if (register === undefined || this.epoch === undefined || register.value.epoch > this.epoch) return false;
    return (await ha.compareAndSetRegister(jobId, register.version, { ...register.value, epoch: this.epoch, status })) === 'set';
  }
}

/** All JobMasters of a test, on all nodes, and the registers of their jobs. */
export class ScriptedJobMasters {
  readonly all: ScriptedJobMaster[] = [];
  /** False: a JobMaster stays as it is after its spawn, as one that loads for ever. */
  opensJobs = true;
  /** Set: why a job is not accepted. */
  rejection: (how: JobMasterStart) => FailureInfo | undefined = () => undefined;
  private readonly registers = new Map<JobId, MemoryHighAvailability>();

  highAvailability(jobId: JobId): MemoryHighAvailability {
    let register = this.registers.get(jobId);
    if (register === undefined) this.registers.set(jobId, (register = new MemoryHighAvailability()));
    return register;
  }

  host(system: ActorSystem, node: string): JobMasterHost {
    return {
      start: (how) => {
        const master = new ScriptedJobMaster(node, how, this);
        this.all.push(master);
        system.spawn<Message>(how.name, master);
        return Promise.resolve(master.address);
      },
      stop: (address) => Promise.resolve(system.stop(address)),
      plan: ({ jobName }) => Promise.resolve({ name: jobName, nodes: [] }),
    };
  }

  of(jobId: JobId): ScriptedJobMaster[] {
    return this.all.filter(({ how }) => how.jobId === jobId);
  }

  /** The latest that has opened the job. */
  running(jobId: JobId): ScriptedJobMaster | undefined {
    return this.of(jobId).filter(({ epoch }) => epoch !== undefined).at(-1);
  }
}
