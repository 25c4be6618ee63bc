/**
 * One direction of a link, at its receiver: takes each frame of a session once and in order, and nothing behind a gap, since the sender comes
 * back to it.
 */
import type { LinkAck, LinkFrame } from './link-frame.js';

/** `reset`: the next one, of a new session after one that broke with messages that may not have come here. */
export type LinkOutcome = 'next' | 'reset' | 'known' | 'gap' | 'stale';

export class LinkReceiver {
  private life: string | undefined;
  private session = -1;
  private expected = 1;

  constructor(private readonly ownLife: string) {}

  /** Decides about a frame of a life that is known to be the current one. */
  take(frame: LinkFrame): LinkOutcome {
    const known = frame.life === this.life;
    if (known && frame.session < this.session) return 'stale';
    if (!known || frame.session > this.session) {
      if (frame.sequence !== 1) return 'gap'; // frame 1 comes again, and tells what this session is
      this.life = frame.life;
      this.session = frame.session;
      this.expected = 2;
      return frame.resets === '' || frame.resets === this.ownLife ? 'reset' : 'next';
    }
    if (frame.sequence < this.expected) return 'known';
    if (frame.sequence > this.expected) return 'gap';
    this.expected++;
    return 'next';
  }

  /** What has been taken; undefined as long as nothing was. */
  get ack(): LinkAck | undefined {
    return this.life === undefined ? undefined : { of: this.life, session: this.session, upTo: this.expected - 1 };
  }
}
