/**
 * Between a thread's endpoint and the hub. Control messages travel here, through the hub, in one order; data goes by rings from thread to thread
 * (ring-link.ts), which the hub makes on demand. All are plain data; bytes are wire messages (`encodeWireMessage`).
 */
import type { FailureInfo } from '@weir/base';
import type { ConnectionPurpose, Subject } from '@weir/ports';
import type { LinkMemory } from './ring-link.js';

/** The main thread, where the hub is, and the way out of the process. */
export const MAIN_THREAD = 0;

export type ToHub =
  /** A connection of this node was opened in this thread. Answer: `reply`. */
  | { readonly type: 'add-node'; readonly request: number; readonly node: string; readonly purpose: ConnectionPurpose }
  | { readonly type: 'remove-node'; readonly node: string; readonly purpose: ConnectionPurpose }
  /** To any node. Answer: `answered` when the id is not 0. */
  | { readonly type: 'control'; readonly subject: Subject; readonly bytes: Uint8Array; readonly id: number }
  /** Whether the message with this id, of that thread, found a receiver here. */
  | { readonly type: 'answer'; readonly to: number; readonly id: number; readonly received: boolean }
  /** Where does this node live? Answer: `link` when there is none to that thread yet, then `routed`. */
  | { readonly type: 'route'; readonly node: string }
  /** Answer: `reply`, when everything sent before has gone on. */
  | { readonly type: 'flush'; readonly request: number; readonly purpose: ConnectionPurpose };

/** `unknown`: it went to another process, which will say only if nobody was there. */
export type ReceiverOutcome = 'received' | 'no-receiver' | 'unknown';

export type FromHub =
  | { readonly type: 'reply'; readonly request: number; readonly failure: FailureInfo | undefined }
  | { readonly type: 'control'; readonly subject: Subject; readonly bytes: Uint8Array; readonly from: number; readonly id: number }
  | { readonly type: 'answered'; readonly id: number; readonly outcome: ReceiverOutcome }
  /** `thread` undefined: nobody can reach it. */
  | { readonly type: 'routed'; readonly node: string; readonly thread: number | undefined }
  | ({ readonly type: 'link'; readonly thread: number } & LinkMemory)
  /** What was known about the way to this node is void. */
  | { readonly type: 'node-moved'; readonly node: string }
  | { readonly type: 'thread-gone'; readonly thread: number; readonly nodes: readonly string[] }
  /** The way out of the process broke. */
  | { readonly type: 'disconnected'; readonly purpose: ConnectionPurpose };

export function nodeOf(subject: Subject): string {
  const dot = subject.indexOf('.');
  return dot === -1 ? subject : subject.slice(0, dot);
}
