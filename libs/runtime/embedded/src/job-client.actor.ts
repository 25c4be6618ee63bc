/**
 * The client's end of one job: hears what the JobMaster says, keeps the last status, and settles the promises of whoever submitted it. It
 * lives until the job has ended.
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { assert, assertNever, type FailureInfo, failureInfo, type JobId, RemoteFailureError } from '@weir/base';
import { SavepointFailedError } from '@weir/checkpoint';
import type { JobClientMessage, JobEvent, JobResult, JobStatus } from '@weir/cluster';

/** From the cluster, once the JobMaster exists. */
export type FollowJob = { readonly type: 'follow'; readonly jobMaster: ActorAddress };
/** Self-sent, so that it comes behind everything the JobMaster had said before it was gone. */
export type JobClientTurn = { readonly type: 'job-master-gone'; readonly failure: FailureInfo | undefined };

/** A job that nobody listens to fills no memory. */
const UNHEARD_MAX = 1000;

type Message = JobClientMessage | FollowJob | JobClientTurn;

export class JobClientActor implements Actor<Message> {
  /** Settles when the job runs; rejects with the coded error of what was wrong before. */
  readonly accepted: Promise<void>;
  /** Never rejects. */
  readonly result: Promise<JobResult>;
  private resolveAccepted: () => void = () => undefined;
  private rejectAccepted: (error: Error) => void = () => undefined;
  private resolveResult: (result: JobResult) => void = () => undefined;
  private readonly listeners = new Set<(event: JobEvent) => void>();
  private status: JobStatus | undefined;
  private over = false;
  private readonly savepoints = new Map<string, { readonly resolve: (path: string) => void; readonly reject: (error: Error) => void }>();
  /** Events before the first listener: notes of the submission among them. Undefined once there was one. */
  private unheard: JobEvent[] | undefined = [];

  constructor(private readonly jobId: JobId) {
    this.accepted = new Promise((resolve, reject) => {
      this.resolveAccepted = resolve;
      this.rejectAccepted = reject;
    });
    this.result = new Promise((resolve) => {
      this.resolveResult = resolve;
    });
  }

  /** The last that was heard. Asserts that the job was accepted. */
  get lastStatus(): JobStatus {
    assert(this.status !== undefined, `job ${this.jobId} has not been accepted`);
    return this.status;
  }

  /** The path of the savepoint with this trigger id, once it is complete; rejects with what was wrong. */
  savepoint(triggerId: string): Promise<string> {
    return new Promise((resolve, reject) => this.savepoints.set(triggerId, { resolve, reject }));
  }

  onEvent(listener: (event: JobEvent) => void): () => void {
    // A wrapper of its own, so that one function may be registered twice.
    const entry = (event: JobEvent): void => listener(event);
    this.listeners.add(entry);
    const { unheard } = this;
    this.unheard = undefined;
    for (const event of unheard ?? []) listener(event);
    return () => this.listeners.delete(entry);
  }

  receive(message: Message, context: ActorContext<Message>): void {
    switch (message.type) {
      case 'follow':
        context.watch(message.jobMaster);
        return;
      case 'job-rejected':
        this.reject(message.failure, context);
        return;
      case 'job-accepted':
        this.status = message.status;
        this.resolveAccepted();
        return;
      case 'job-status':
        this.status = message.status;
        return;
      case 'job-event':
        this.status = message.status;
        if (this.unheard !== undefined && this.unheard.length < UNHEARD_MAX) this.unheard.push(message.event);
        for (const listener of [...this.listeners]) this.tell(listener, message.event, context);
        return;
      case 'job-report':
        return; // for the Dispatcher
      case 'savepoint-completed':
        this.savepoints.get(message.triggerId)?.resolve(message.path);
        this.savepoints.delete(message.triggerId);
        return;
      case 'savepoint-failed':
        this.savepoints.get(message.triggerId)?.reject(new RemoteFailureError(message.failure));
        this.savepoints.delete(message.triggerId);
        return;
      case 'job-ended':
        this.end(message.result, context);
        return;
      case 'job-master-gone':
        this.jobMasterGone(message.failure, context);
        return;
      default:
        assertNever(message, 'job client message');
    }
  }

  signal(signal: Signal, context: ActorContext<Message>): void {
    if (signal.type === 'terminated') context.self.tell({ type: 'job-master-gone', failure: signal.failure });
  }

  private jobMasterGone(failure: FailureInfo | undefined, context: ActorContext<Message>): void {
    if (this.over) return;
    const why = failure ?? failureInfo(new Error(`the JobMaster of ${this.jobId} stopped`), 'WEIR_INVARIANT_BROKEN');
    if (this.status === undefined) {
      this.reject(why, context);
      return;
    }
    this.end({ jobId: this.jobId, state: 'failed', status: { ...this.status, state: 'failed', failure: why }, durationMs: context.clock.now() - this.status.startedAtMs, failure: why }, context);
  }

  private reject(failure: FailureInfo, context: ActorContext<Message>): void {
    this.over = true;
    this.rejectAccepted(new RemoteFailureError(failure));
    context.stop();
  }

  private end(result: JobResult, context: ActorContext<Message>): void {
    for (const { reject } of this.savepoints.values()) reject(new SavepointFailedError('the job has ended'));
    this.over = true;
    this.status = result.status;
    this.resolveResult(result);
    context.stop();
  }

  /** A listener is foreign code: what it throws is its own affair. */
  private tell(listener: (event: JobEvent) => void, event: JobEvent, context: ActorContext<Message>): void {
    try {
      listener(event);
    } catch (thrown) {
      context.logger.log('error', 'a job event listener threw', { error: failureInfo(thrown).message, event: event.type });
    }
  }
}
