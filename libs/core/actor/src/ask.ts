/** The vocabulary of request and reply. The reply's place is plain data, so that a request can cross any transport. */
import type { ActorAddress } from './address.js';

declare const replyType: unique symbol;

/** Where the answer of one ask goes; put it into the message. Plain and serializable. `Reply` is checked by the compiler only. */
export interface ReplyTo<in Reply> {
  /** The asking node's system actor. */
  readonly address: ActorAddress;
  /** Unique among all incarnations of that node. */
  readonly correlation: string;
  readonly [replyType]?: (reply: Reply) => void;
}

export interface AskOptions {
  /** Milliseconds until `WEIR_ASK_TIMEOUT`. */
  readonly timeoutMs: number;
  /** Abandons the ask: the promise rejects with `WEIR_ASK_CANCELLED`. The request may still be carried out. */
  readonly signal?: AbortSignal;
}
