/**
 * The two queues of one actor.
 *
 *  B1  system messages leave before every user message;
 *  B2  user messages leave in the order they were accepted;
 *  B3  at most `capacity` user messages from others wait; what an actor sends itself by timer or pipe is always accepted, since losing it
 *      could leave the actor waiting for ever, and it is bounded by the actor's own doing.
 */
import type { ReplyTo } from './ask.js';
import { MessageQueue } from './message-queue.js';

/** Lets a due timer be called back while it waits in the mailbox. */
export interface TimerToken {
  cancelled: boolean;
  /** Called when the message leaves the mailbox to be handled. */
  onTaken: (() => void) | undefined;
}

/** A user message with what the system needs to know about it. */
export class Mail {
  constructor(
    readonly message: unknown,
    /** Set when the sender waits for an answer. */
    readonly replyTo: ReplyTo<unknown> | undefined,
    readonly timer: TimerToken | undefined,
  ) {}
}

export type OfferOutcome = 'accepted' | 'full' | 'full-first';

export class Mailbox<S> {
  private readonly system = new MessageQueue<S>();
  private readonly user = new MessageQueue<Mail>();
  private overflowing = false;

  constructor(readonly capacity: number) {}

  get userSize(): number {
    return this.user.size;
  }

  get systemSize(): number {
    return this.system.size;
  }

  postSystem(message: S): void {
    this.system.push(message);
  }

  /** `full-first`: the first refusal of an episode; an episode ends when half of the capacity is free again. */
  offer(mail: Mail): OfferOutcome {
    if (this.user.size >= this.capacity) {
      if (this.overflowing) return 'full';
      this.overflowing = true;
      return 'full-first';
    }
    this.user.push(mail);
    return 'accepted';
  }

  /** Accepts beyond the capacity (B3). */
  offerOwn(mail: Mail): void {
    this.user.push(mail);
  }

  takeSystem(): S | undefined {
    return this.system.shift();
  }

  takeUser(): Mail | undefined {
    if (this.overflowing && this.user.size * 2 <= this.capacity) this.overflowing = false;
    return this.user.shift();
  }
}
