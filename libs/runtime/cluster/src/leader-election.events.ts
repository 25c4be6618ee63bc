/** What the leader election hears and what it wants done. Plain data. `call` numbers a call of register or files: answers to another one are late and ignored. */
import type { CompareAndSetOutcome, LeaderRecord, Versioned } from '@weir/ports';

export type ElectionTimer = 'poll' | 'retry' | 'renew' | 'doubt' | 'expire' | 'overdue';

export type ElectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'register-read'; readonly call: number; readonly found: Versioned<LeaderRecord> | undefined }
  | { readonly type: 'register-changed'; readonly call: number; readonly outcome: CompareAndSetOutcome }
  | { readonly type: 'epoch-claimed'; readonly call: number; readonly epoch: number }
  | { readonly type: 'largest-epoch'; readonly call: number; readonly epoch: number | undefined }
  /** The call rejected: it may have taken effect. */
  | { readonly type: 'call-failed'; readonly call: number; readonly reason: string }
  /** A hint of the register's watch. */
  | { readonly type: 'register-hint' }
  /** The leader of the record with this nonce is certainly not there any more. */
  | { readonly type: 'leader-gone'; readonly nonce: string }
  | { readonly type: 'timer'; readonly timer: ElectionTimer }
  /** Hands over and ends. */
  | { readonly type: 'stop' };

export type ElectionEffect =
  | { readonly type: 'read-register'; readonly call: number }
  | { readonly type: 'set-register'; readonly call: number; readonly expectedVersion: number; readonly record: LeaderRecord }
  | { readonly type: 'clear-register'; readonly call: number; readonly expectedVersion: number }
  | { readonly type: 'claim-epoch'; readonly call: number }
  | { readonly type: 'read-largest-epoch'; readonly call: number }
  /** Replaces the timer of this name. */
  | { readonly type: 'timer'; readonly timer: ElectionTimer; readonly delayMs: number }
  /** Asks for `leader-gone`, once, in place of what was asked before. */
  | { readonly type: 'watch-leader'; readonly leader: string; readonly nonce: string }
  /** This contender leads. */
  | { readonly type: 'granted'; readonly epoch: number }
  /** Half the lease has passed unrenewed: start nothing irreversible. */
  | { readonly type: 'in-doubt'; readonly epoch: number }
  /** Renewed after a doubt. */
  | { readonly type: 'confirmed'; readonly epoch: number }
  /** This contender leads no more. */
  | { readonly type: 'lost'; readonly epoch: number; readonly reason: string }
  /** Who leads as far as is known here; undefined: nobody. */
  | { readonly type: 'leader'; readonly record: LeaderRecord | undefined }
  | { readonly type: 'stopped' };
