/**
 * Watching actors on other nodes. Every message here may be lost; the periodic ping repairs it.
 *
 *  W1  a watched address ends in exactly one `terminated`, as soon as its node says so, says that nobody is there, answers as another
 *      incarnation, or has no receiver at all (dead now, D8);
 *  W2  `unreachable` is told to each once per episode: of silence, or of a link that ended with messages that may be lost. A pong ends it;
 *  W3  a pause of this process itself (SIGSTOP) is not silence of the others: after a late tick the waiting starts anew.
 */
import type { FailureInfo } from '@weir/base';
import type { Cancel, Clock } from '@weir/ports';
import type { Signal } from './actor.js';
import type { ActorAddress } from './address.js';
import { nodeOf } from './address.js';
import type { LooseEnvelope } from './envelope.js';
import type { TrackedTimers } from './tracked-timers.js';

/** Who is told. */
export interface Watcher {
  postSignal(signal: Signal): void;
}

interface WatchedAddress {
  readonly watchers: Set<Watcher>;
  /** The first ping that carried this address. */
  readonly sinceSequence: number;
  /** The incarnation of the node that confirmed it. */
  incarnation: string | undefined;
  /** W2. */
  unreachableTold: boolean;
}

interface WatchedNode {
  readonly addresses: Map<ActorAddress, WatchedAddress>;
  lastHeardMs: number;
  lastTickMs: number;
  cancelTick: Cancel;
}

export interface NodeWatchOptions {
  readonly node: string;
  /** Unique to this life of the node. */
  readonly incarnation: string;
  readonly clock: Clock;
  readonly timers: TrackedTimers;
  readonly pingIntervalMs: number;
  readonly unreachableAfterMs: number;
  send(node: string, envelope: LooseEnvelope, onNoReceiver: (() => void) | undefined): void;
}

export class NodeWatch {
  private readonly nodes = new Map<string, WatchedNode>();
  private sequence = 0;

  constructor(private readonly options: NodeWatchOptions) {}

  watch(watcher: Watcher, address: ActorAddress): void {
    const nodeName = nodeOf(address);
    const node = this.nodes.get(nodeName) ?? this.addNode(nodeName);
    const known = node.addresses.get(address);
    if (known !== undefined) {
      known.watchers.add(watcher);
      return;
    }
    node.addresses.set(address, { watchers: new Set([watcher]), sinceSequence: this.sequence + 1, incarnation: undefined, unreachableTold: false });
    this.ping(nodeName, node, [address]);
  }

  unwatch(watcher: Watcher, address: ActorAddress): void {
    const nodeName = nodeOf(address);
    const node = this.nodes.get(nodeName);
    const watched = node?.addresses.get(address);
    if (node === undefined || watched === undefined || !watched.watchers.delete(watcher) || watched.watchers.size > 0) return;
    this.remove(nodeName, node, address);
    this.options.send(nodeName, { kind: 'unwatch', from: this.options.node, address }, undefined);
  }

  pong(message: Extract<LooseEnvelope, { kind: 'pong' }>): void {
    const node = this.nodes.get(message.from);
    // An answer to an earlier life of this node, still on its way, would pass for the first one and the true one then for another incarnation.
    if (node === undefined || message.asker !== this.options.incarnation) return;
    node.lastHeardMs = this.options.clock.monotonic();
    for (const address of message.gone) this.terminated(address, undefined);
    for (const [address, watched] of [...node.addresses]) {
      watched.unreachableTold = false;
      if (watched.sinceSequence > message.sequence) continue;
      if (watched.incarnation === undefined) watched.incarnation = message.incarnation;
      else if (watched.incarnation !== message.incarnation) this.terminated(address, undefined);
    }
  }

  /** The address is gone: told by its node, or found out here. */
  terminated(address: ActorAddress, failure: FailureInfo | undefined): void {
    const nodeName = nodeOf(address);
    const node = this.nodes.get(nodeName);
    const watched = node?.addresses.get(address);
    if (node === undefined || watched === undefined) return;
    this.remove(nodeName, node, address);
    for (const watcher of watched.watchers) {
      watcher.postSignal({ type: 'terminated', address, ...(failure === undefined ? {} : { failure }) });
    }
  }

  /** The incarnation that confirmed the watch of this address, if any did. */
  incarnationOf(address: ActorAddress): string | undefined {
    return this.nodes.get(nodeOf(address))?.addresses.get(address)?.incarnation;
  }

  /** What was sent to or by this node may be lost, though it may be alive. */
  linkBroken(nodeName: string): void {
    for (const [address, watched] of this.nodes.get(nodeName)?.addresses ?? []) this.tellUnreachable(address, watched);
  }

  /**
   * The life that confirmed the watches is gone; `life` is there now, or nobody. An address that no life has confirmed yet has a ping on its
   * way, which decides about it; its watchers hear of what is `lost`.
   */
  lifeEnded(nodeName: string, life: string | undefined, lost: boolean): void {
    for (const [address, watched] of [...(this.nodes.get(nodeName)?.addresses ?? [])]) {
      if (watched.incarnation === undefined) {
        if (lost) this.tellUnreachable(address, watched);
      } else if (watched.incarnation !== life) this.terminated(address, undefined);
    }
  }

  /** Asks which life of the node is there. The result is the number of the ping. */
  probe(nodeName: string): number {
    const sequence = ++this.sequence;
    this.options.send(nodeName, { kind: 'ping', from: this.options.node, asker: this.options.incarnation, sequence, watched: [] }, undefined);
    return sequence;
  }

  close(): void {
    for (const node of this.nodes.values()) node.cancelTick();
    this.nodes.clear();
  }

  private addNode(name: string): WatchedNode {
    const now = this.options.clock.monotonic();
    const node: WatchedNode = { addresses: new Map(), lastHeardMs: now, lastTickMs: now, cancelTick: () => undefined };
    this.nodes.set(name, node);
    this.scheduleTick(name, node);
    return node;
  }

  private remove(nodeName: string, node: WatchedNode, address: ActorAddress): void {
    node.addresses.delete(address);
    if (node.addresses.size > 0) return;
    node.cancelTick();
    this.nodes.delete(nodeName);
  }

  private scheduleTick(name: string, node: WatchedNode): void {
    node.cancelTick = this.options.timers.after(this.options.pingIntervalMs, () => this.tick(name, node));
  }

  private tick(name: string, node: WatchedNode): void {
    const { clock, pingIntervalMs, unreachableAfterMs } = this.options;
    const now = clock.monotonic();
    if (now - node.lastTickMs > 2 * pingIntervalMs) node.lastHeardMs = now; // W3
    node.lastTickMs = now;
    if (now - node.lastHeardMs >= unreachableAfterMs) for (const [address, watched] of node.addresses) this.tellUnreachable(address, watched);
    this.scheduleTick(name, node);
    this.ping(name, node, [...node.addresses.keys()]);
  }

  /** W2. */
  private tellUnreachable(address: ActorAddress, watched: WatchedAddress): void {
    if (watched.unreachableTold) return;
    watched.unreachableTold = true;
    for (const watcher of watched.watchers) watcher.postSignal({ type: 'unreachable', address });
  }

  private ping(name: string, node: WatchedNode, watched: readonly ActorAddress[]): void {
    const sequence = ++this.sequence;
    this.options.send(name, { kind: 'ping', from: this.options.node, asker: this.options.incarnation, sequence, watched }, () => {
      if (this.nodes.get(name) !== node) return;
      for (const address of watched) {
        if ((node.addresses.get(address)?.sinceSequence ?? Infinity) <= sequence) this.terminated(address, undefined); // W1
      }
    });
  }
}
