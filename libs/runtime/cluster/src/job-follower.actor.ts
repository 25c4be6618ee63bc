/** The Dispatcher's ear for one JobMaster: what it says, then that it is gone, in this order and told apart from any other JobMaster of the job. */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import type { FailureInfo, JobId } from '@weir/base';
import type { FollowerReport } from './dispatcher.protocol.js';
import type { JobClientMessage } from './job-master.protocol.js';

export type JobFollowerMessage =
  | JobClientMessage
  | { readonly type: 'follow'; readonly jobMaster: ActorAddress }
  /** Self-sent, so that it comes behind everything the JobMaster had said. */
  | { readonly type: 'gone'; readonly failure: FailureInfo | undefined };

export class JobFollowerActor implements Actor<JobFollowerMessage> {
  constructor(private readonly jobId: JobId, private readonly start: number, private readonly dispatcher: ActorAddress) {}

  receive(message: JobFollowerMessage, context: ActorContext<JobFollowerMessage>): void {
    const { jobId, start } = this;
    if (message.type === 'follow') context.watch(message.jobMaster);
    else if (message.type === 'gone') this.report({ type: 'job-master-gone', jobId, start, ...(message.failure === undefined ? {} : { failure: message.failure }) }, context);
    else this.report({ type: 'job-master-said', jobId, start, message }, context);
  }

  signal(signal: Signal, context: ActorContext<JobFollowerMessage>): void {
    if (signal.type === 'terminated') context.self.tell({ type: 'gone', failure: signal.failure });
    else this.report({ type: 'job-master-unreachable', jobId: this.jobId, start: this.start }, context);
  }

  private report(report: FollowerReport, context: ActorContext<JobFollowerMessage>): void {
    context.refFor<FollowerReport>(this.dispatcher).tell(report);
  }
}
