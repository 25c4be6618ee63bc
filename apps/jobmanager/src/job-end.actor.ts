/** Waits for the end of the thread's JobMaster: the thread goes with it. */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';

/** Self-sent. */
interface Lingered {
  readonly type: 'lingered';
}

/** What the JobMaster said last is acknowledged within this, or sent again. */
const LINGER_MS = 500;

export class JobEndActor implements Actor<Lingered> {
  constructor(private readonly jobMaster: ActorAddress, private readonly leave: () => void) {}

  started(context: ActorContext<Lingered>): void {
    context.watch(this.jobMaster);
  }

  receive(): void {
    this.leave();
  }

  signal(signal: Signal, context: ActorContext<Lingered>): void {
    if (signal.type === 'terminated') context.timers.after(LINGER_MS, { type: 'lingered' });
  }
}
