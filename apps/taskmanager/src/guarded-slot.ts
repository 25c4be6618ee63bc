/**
 * A slot that can be made to fail from outside: by an error that nobody caught in its thread. Which task it came from cannot be known, so all of
 * them fail, with the error as their cause.
 */
import type { Actor, ActorContext, Signal, SupervisionDecision } from '@weir/actor';
import type { SlotActor } from '@weir/cluster';

/** Self-sent. */
interface UncaughtError {
  readonly type: 'uncaught-error';
  readonly error: Error;
}
type Message = Parameters<SlotActor['receive']>[0] | UncaughtError;

export class GuardedSlot implements Actor<Message> {
  private context: ActorContext<Message> | undefined;

  constructor(private readonly slot: SlotActor) {}

  /** The slot and all in it end with this error. Harmless when it has ended. */
  fail(error: Error): void {
    if (this.context?.isRunning === true) this.context.self.tell({ type: 'uncaught-error', error });
  }

  started(context: ActorContext<Message>): void {
    this.context = context;
    this.slot.started(context);
  }

  receive(message: Message, context: ActorContext<Message>): void {
    if (message.type === 'uncaught-error') throw message.error;
    this.slot.receive(message, context);
  }

  signal(signal: Signal, context: ActorContext<Message>): void {
    this.slot.signal(signal, context);
  }

  supervise(): SupervisionDecision {
    return this.slot.supervise();
  }
}
