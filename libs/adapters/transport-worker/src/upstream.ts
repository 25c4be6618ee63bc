/** The way to nodes of other processes, as the hub uses it; a NATS courier is one. Bytes are wire messages (`encodeWireMessage`). */
import type { ConnectionPurpose, Subject, Subscription } from '@weir/ports';

export interface Upstream {
  /**
   * From now on messages for this node of this process go to `handler`, whose `replyTo` is for {@link answerNoReceiver} (empty: nobody asks). The bytes
   * are valid during the call. Resolves when that is known everywhere.
   */
  serve(node: string, purpose: ConnectionPurpose, handler: (subject: Subject, bytes: Uint8Array, replyTo: string) => void): Promise<Subscription>;
  publish(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array): void;
  publishExpectingReceiver(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array, onNoReceiver: () => void): void;
  answerNoReceiver(purpose: ConnectionPurpose, replyTo: string): void;
  onDisconnect(purpose: ConnectionPurpose, listener: () => void): Subscription;
  flush(purpose: ConnectionPurpose): Promise<void>;
}
