/** What a link puts around an envelope. A *session* is one life of one direction of a link; its number is unique to the sender's life. */
import { fieldsOf, isLinkedEnvelope, type LinkedEnvelope } from './envelope.js';

/** All up to and with this sequence number has been taken; 0: nothing yet. */
export interface LinkAck {
  /** The incarnation whose session is acknowledged. */
  readonly of: string;
  readonly session: number;
  readonly upTo: number;
}

export interface LinkFrame {
  readonly kind: 'link';
  /** The node that sends. */
  readonly from: string;
  /** Its incarnation. */
  readonly life: string;
  /** The incarnation that it is meant for; absent as long as the sender knows none, that is at most until the first answer. */
  readonly peer?: string;
  readonly session: number;
  /** From 1, contiguous. */
  readonly sequence: number;
  /**
   * On frame 1: a session before this one ended with messages that may not have arrived at this life of the receiver; empty when the sender
   * knew none.
   */
  readonly resets?: string;
  readonly ack?: LinkAck;
  readonly envelope: LinkedEnvelope;
}

/** An acknowledgement that found no frame to travel with. */
export interface LinkAckFrame {
  readonly kind: 'link-ack';
  readonly from: string;
  readonly life: string;
  readonly ack: LinkAck;
}

/** Guards the border: what another process sent may be anything. */
export function isLinkFrame(value: unknown): value is LinkFrame {
  const { kind, from, life, peer, session, sequence, resets, ack, envelope } = fieldsOf(value);
  return kind === 'link' && typeof from === 'string' && typeof life === 'string' && (peer === undefined || typeof peer === 'string')
    && isCount(session) && isCount(sequence) && sequence > 0 && (resets === undefined || typeof resets === 'string')
    && (ack === undefined || isAck(ack)) && isLinkedEnvelope(envelope);
}

export function isLinkAckFrame(value: unknown): value is LinkAckFrame {
  const { kind, from, life, ack } = fieldsOf(value);
  return kind === 'link-ack' && typeof from === 'string' && typeof life === 'string' && isAck(ack);
}

function isAck(value: unknown): value is LinkAck {
  const { of, session, upTo } = fieldsOf(value);
  return typeof of === 'string' && isCount(session) && isCount(upTo);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
