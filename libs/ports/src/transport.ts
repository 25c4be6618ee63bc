/**
 * A courier between actors. Messages are published on subjects; a subject has at most one subscriber at a time (an actor's address,
 * or one end of a data channel).
 *
 * What every implementation provides, and nothing more may be relied on:
 *  T1  at most once: a message arrives once or not at all;
 *  T2  FIFO per (connection, subject) while neither side's connection breaks: no reordering, no hole;
 *  T3  a break of a connection is told to its owner by `onDisconnect`, possibly later than messages were lost; what was published
 *      between the break and the reconnect may be lost without further notice, also in the middle of a sequence;
 *  T4  handlers run on the owner's thread, never within the call of `publish`;
 *  T5  messages are immutable after publish. In one thread they arrive by reference; elsewhere as a copy.
 * An implementation must not retry, reorder, buffer without bound or acknowledge: those are decisions of the layers above.
 */

/**
 * Lower-case words, digits, `-`, `_` separated by dots. The first word is the name of the node that the subject leads to, which is how transports
 * find the way; control and data are separate spaces of subjects.
 */
export type Subject = string;

export interface Subscription {
  /** No message is handed over after this call. */
  unsubscribe(): void;
}

/** Control traffic and data traffic never share a connection: a slow consumer of data stalls the publisher's whole connection. */
export type ConnectionPurpose = 'control' | 'data';

export interface Connection {
  readonly nodeId: string;
  readonly purpose: ConnectionPurpose;
  /** Hands a message to the courier. Returns at once; says nothing about arrival. Throws `WEIR_TRANSPORT_CLOSED` after `close`. */
  publish(subject: Subject, message: unknown): void;
  /**
   * As `publish`; additionally calls `onNoReceiver` (T4) when it is certain that nobody was subscribed. Certainty is best effort:
   * without a call, nothing is known.
   */
  publishExpectingReceiver(subject: Subject, message: unknown, onNoReceiver: () => void): void;
  /**
   * As `publish` on this subject, by reference, where its node lives in this thread; undefined where it does not. For transports that otherwise copy; absent:
   * it copies always, or never.
   */
  inThread?(subject: Subject): ((message: unknown) => void) | undefined;
  /** The subject begins with this connection's node. Fails with `WEIR_TRANSPORT_SUBJECT_TAKEN` when this process already subscribed it. */
  subscribe(subject: Subject, handler: (message: unknown) => void): Subscription;
  /** Called each time this connection broke; every data channel of it must then be taken as broken. */
  onDisconnect(listener: () => void): Subscription;
  /** Resolves when the courier has taken all that was published before. Rejects when the connection broke meanwhile. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface Transport {
  /** One of `in-process`, `worker`, `nats`, `simulated`; for messages and metrics. */
  readonly kind: string;
  /** True when messages arrive by reference, so that record frames need no encoding. */
  readonly byReference: boolean;
  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection>;
}
