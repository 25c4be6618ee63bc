/** What lies ahead of a barrier in one input channel: queued when the capture begins, and arriving until the barrier does. */
import type { ChannelStateWriter } from './channel-state.js';
import type { Frame } from './frame.js';

export class ChannelCapture {
  /** Of the barrier; undefined while the capture is open. */
  barrierSeq: number | undefined;

  constructor(readonly checkpointId: number, readonly state: ChannelStateWriter) {}

  /** Takes the next frame of the channel; false when nothing more is wanted. */
  offer(frame: Frame | { readonly kind: 'encoded'; readonly bytes: Uint8Array }): boolean {
    if (this.barrierSeq !== undefined) return false;
    if (frame.kind === 'barrier' && frame.checkpointId === this.checkpointId) this.barrierSeq = frame.seq;
    else this.state.add(frame.kind === 'encoded' ? frame.bytes : frame);
    return this.barrierSeq === undefined;
  }
}
