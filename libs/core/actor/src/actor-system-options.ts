/** What an actor system is made from. */
import type { FailureInfo } from '@weir/base';
import type { Clock, Connection, Logger, Random, Timers } from '@weir/ports';
import type { ActorAddress } from './address.js';

export interface ActorSystemOptions {
  /** This node's name: the first segment of all its addresses. */
  readonly node: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** Control traffic to other nodes. The system subscribes on it and never closes it. */
  readonly control: Connection;
  /** Told of each failure that no parent handled: root actors that stopped by it. */
  readonly failureSink?: (address: ActorAddress, failure: FailureInfo) => void;
  /** How often nodes with watched actors are pinged. Default 250. */
  readonly pingIntervalMs?: number;
  /** A node that did not answer for this long is `unreachable`, and what was sent to it without an acknowledgement is void. Default 5000. */
  readonly unreachableAfterMs?: number;
  /** Messages to one other node that may wait for its acknowledgement. At the bound the link ends, and all of them are void. Default 10 000. */
  readonly linkCapacity?: number;
  /** Drains longer than this give I/O a turn: what other threads and processes sent waits for so long. Default 1. */
  readonly drainBudgetMs?: number;
  /** Actors' turns in one drain at most. Default 1024; 1 in simulations, so that every turn is an event of its own. */
  readonly turnsPerDrain?: number;
}

/** What is alive; all zero after `shutdown` (the leak audit, I13). */
export interface ActorSystemCounts {
  readonly actors: number;
  readonly timers: number;
  readonly subscriptions: number;
  readonly pendingAsks: number;
  /** Messages to other nodes that were not acknowledged yet. */
  readonly unacknowledged: number;
}

/** Since the start; for metrics. */
export interface ActorSystemTotals {
  /** Handled, with those of an actor to itself by timer or pipe. */
  readonly messages: number;
  /** Put into a mailbox by another actor or from outside, on this node or over a link. */
  readonly delivered: number;
  readonly deadLetters: number;
  /** Messages to other nodes that were void when their link ended. */
  readonly voided: number;
  readonly mailboxOverflow: number;
  readonly restarts: number;
  readonly failures: number;
}
