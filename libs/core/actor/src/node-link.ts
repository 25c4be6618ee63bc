/**
 * The link to one other node: a session out, the receiver of its sessions in, and which of its lives this node talks to.
 *
 *  L1  what is sent in a session is delivered exactly once and in order, as long as the session lives, whatever the courier loses; an
 *      acknowledgement means that the message is in the mailbox;
 *  L2  a session ends when another life of the node answers, when nobody is there, when it is silent, or when its buffer is full. What was
 *      not acknowledged is then void, and watchers here are told before anything else is sent; the receiver learns it from the first frame
 *      of the next session. The next message begins a new session at once: it is kept and sent again like any other;
 *  L3  a life is heard at first contact, and proven by anything that answers this life of ours. One that contradicts what is known must
 *      answer a ping that was sent after the contradiction, so that a late frame of a dead process never ends the link to its successor;
 *  L4  a frame that was meant for another life is not taken. Only before the first answer is it meant for whoever is there: what is sent then
 *      may be taken by each of two lives of the peer, if the first dies before its acknowledgement arrives;
 *  L5  no timer runs and nothing is sent while nothing waits to be acknowledged.
 */
import type { Cancel, Clock } from '@weir/ports';
import type { LinkedEnvelope } from './envelope.js';
import type { LinkAck, LinkAckFrame, LinkFrame } from './link-frame.js';
import { LinkReceiver } from './link-receiver.js';
import { LinkSender } from './link-sender.js';
import type { TrackedTimers } from './tracked-timers.js';

const ACK_DELAY_MS = 20;
const ACK_EVERY = 32;
const PROBE_EVERY_MS = 100;
/** A session without traffic for half of this is not gone on with; a link without any for all of it may be forgotten. */
export const FORGOTTEN_AFTER_MS = 600_000;

/** Why a session ended. */
export type LinkEnd = 'other-life' | 'nobody' | 'silent' | 'overflow';

export interface NodeLinkHost {
  readonly node: string;
  readonly incarnation: string;
  readonly clock: Clock;
  readonly timers: TrackedTimers;
  readonly unreachableAfterMs: number;
  /** Envelopes that may wait in one session. */
  readonly linkCapacity: number;
  nextSession(): number;
  publish(to: string, frame: LinkFrame | LinkAckFrame, onNoReceiver: (() => void) | undefined): void;
  /** Sends a ping; the answers to it and to later ones prove who lives. */
  probe(to: string): number;
  deliver(from: string, envelope: LinkedEnvelope): void;
  /** `certain`: it did not arrive. */
  voided(envelope: LinkedEnvelope, certain: boolean): void;
  /** `life`: the one that is there now, if known. `lost`: something became void. */
  ended(to: string, why: LinkEnd, life: string | undefined, lost: boolean): void;
  /** The peer began a new session because the one before broke: something of it may be missing. */
  resetByPeer(from: string): void;
}

export class NodeLink {
  private life: string | undefined;
  /** That life was there after this life of ours began. */
  private proven = false;
  /** What is known about the life is in doubt since this ping. */
  private doubt: { readonly sequence: number; probedMs: number } | undefined;
  private sender: LinkSender | undefined;
  private readonly receiver: LinkReceiver;
  /** The life of the peer for which something became void and that has not heard of it; empty when it was not known. */
  private untoldLoss: string | undefined;
  private untoldFrames = 0;
  private cancelAck: Cancel | undefined;
  private lastHeardMs: number;

  constructor(private readonly to: string, private readonly host: NodeLinkHost) {
    this.receiver = new LinkReceiver(host.incarnation);
    this.lastHeardMs = host.clock.monotonic();
  }

  /** What waits for an acknowledgement. */
  get waiting(): number {
    return this.sender?.size ?? 0;
  }

  /** Nothing of it is needed any more. */
  get isForgettable(): boolean {
    const now = this.host.clock.monotonic();
    return this.waiting === 0 && now - Math.max(this.lastHeardMs, this.sender?.lastSentMs ?? 0) > FORGOTTEN_AFTER_MS;
  }

  send(envelope: LinkedEnvelope): void {
    if (this.sender !== undefined && this.sender.size >= this.host.linkCapacity) this.endSession('overflow', this.life);
    if (this.sender?.size === 0 && this.host.clock.monotonic() - this.sender.lastSentMs > FORGOTTEN_AFTER_MS / 2) this.sender = undefined;
    this.sender ??= this.newSession();
    this.sender.send(envelope);
  }

  receive(frame: LinkFrame): void {
    if (!this.believes(frame.life, frame.peer === this.host.incarnation)) return;
    if (frame.peer !== undefined && frame.peer !== this.host.incarnation) {
      this.answer({ of: frame.life, session: frame.session, upTo: 0 }); // L4: tells the sender which life is here
      return;
    }
    if (frame.ack !== undefined) this.acknowledged(frame.ack);
    const outcome = this.receiver.take(frame);
    if (outcome === 'stale') return;
    this.acknowledgeSoon();
    if (outcome === 'reset') this.host.resetByPeer(this.to);
    if (outcome === 'next' || outcome === 'reset') this.host.deliver(this.to, frame.envelope);
  }

  receiveAck(frame: LinkAckFrame): void {
    if (this.believes(frame.life, frame.ack.of === this.host.incarnation)) this.acknowledged(frame.ack);
  }

  /** A life of the peer was heard of otherwise than by a frame. */
  heard(life: string): void {
    this.believes(life, false);
  }

  /** This life answered the ping of this number. */
  answered(life: string, sequence: number): void {
    if (this.doubt === undefined || sequence < this.doubt.sequence) {
      this.believes(life, true);
      return;
    }
    this.doubt = undefined;
    if (this.proven && this.life !== life) {
      this.endSession('other-life', life);
      this.untoldLoss = undefined; // this life has missed nothing
    }
    this.life = life;
    this.proven = true;
  }

  /** Sends nothing any more; says nothing about what waits. */
  close(): void {
    this.sender?.end();
    this.sender = undefined;
    this.acksAreTold();
  }

  /** L3. False for a life that contradicts what is known. */
  private believes(life: string, proof: boolean): boolean {
    const now = this.host.clock.monotonic();
    this.lastHeardMs = now;
    if (this.life === undefined || (proof && !this.proven)) {
      this.life = life;
      this.proven = proof;
    }
    if (this.life === life) return true;
    if (this.doubt === undefined) this.doubt = { sequence: this.host.probe(this.to), probedMs: now };
    else if (now - this.doubt.probedMs >= PROBE_EVERY_MS) {
      this.doubt.probedMs = now;
      this.host.probe(this.to);
    }
    return false;
  }

  private newSession(): LinkSender {
    const { clock, timers, unreachableAfterMs } = this.host;
    return new LinkSender(this.host.nextSession(), this.untoldLoss, {
      clock, timers, silentAfterMs: unreachableAfterMs, forgottenAfterMs: FORGOTTEN_AFTER_MS / 2,
      transmit: (sequence, envelope, expectingReceiver) => this.transmit(sequence, envelope, expectingReceiver),
      onSilent: () => this.endSession('silent', this.life),
    });
  }

  private transmit(sequence: number, envelope: LinkedEnvelope, expectingReceiver: boolean): void {
    const { session, resets } = this.sender as LinkSender;
    const ack = this.untoldFrames === 0 ? undefined : this.receiver.ack;
    if (ack !== undefined) this.acksAreTold();
    const frame: LinkFrame = {
      kind: 'link', from: this.host.node, life: this.host.incarnation, session, sequence, envelope,
      ...(this.life === undefined || !this.proven ? {} : { peer: this.life }), ...(resets !== undefined && sequence === 1 ? { resets } : {}), ...(ack === undefined ? {} : { ack }),
    };
    this.host.publish(this.to, frame, expectingReceiver ? () => this.nobody(session, sequence) : undefined);
  }

  private acknowledged({ of, session, upTo }: LinkAck): void {
    const { sender } = this;
    if (sender === undefined || of !== this.host.incarnation || session !== sender.session) return;
    sender.acknowledged(upTo);
    if (sender.resets !== undefined && sender.hasProgressed()) this.untoldLoss = undefined;
  }

  private nobody(session: number, sequence: number): void {
    if (this.sender?.session !== session) return;
    this.doubt = undefined;
    this.endSession('nobody', undefined, sequence);
  }

  /** L2. `life`: the one that is there now, if any is known. */
  private endSession(why: LinkEnd, life: string | undefined, nobodyAt?: number): void {
    const rest = this.sender?.end(nobodyAt) ?? [];
    this.sender = undefined;
    const lost = rest.length > 0;
    if (lost) this.untoldLoss = this.life ?? '';
    this.life = life;
    if (life === undefined) this.proven = false;
    this.host.ended(this.to, why, life, lost);
    for (const { envelope, certain } of rest) this.host.voided(envelope, certain);
  }

  private acknowledgeSoon(): void {
    if (++this.untoldFrames >= ACK_EVERY) this.acknowledgeNow();
    else this.cancelAck ??= this.host.timers.after(ACK_DELAY_MS, () => this.acknowledgeNow());
  }

  private acknowledgeNow(): void {
    const { ack } = this.receiver;
    this.acksAreTold();
    if (ack !== undefined) this.answer(ack);
  }

  private acksAreTold(): void {
    this.untoldFrames = 0;
    this.cancelAck?.();
    this.cancelAck = undefined;
  }

  private answer(ack: LinkAck): void {
    this.host.publish(this.to, { kind: 'link-ack', from: this.host.node, life: this.host.incarnation, ack }, undefined);
  }
}
