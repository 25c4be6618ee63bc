/**
 * Carries bytes between the nodes of a cluster, for all nodes that live in one process: at most two NATS connections, one for control and
 * one for data, whatever the number of nodes. The owner of threads (main thread and workers) uses it as it is; {@link NatsTransport}
 * makes a Transport of it for nodes in one thread.
 *
 * The first byte of a message is its kind: 0 and 1 are for those who encode (`encodeWireMessage`), 2 is the courier's own (a part of a
 * long message). It fits the `Upstream` of the worker transport's hub as it is.
 */
import type { ConnectionPurpose, Subject, Subscription } from '@weir/ports';
import { checkNatsOptions, type NatsHost, type NatsOptions } from './nats-options.js';
import { type CourierHandler, type CourierStatistics, NatsWire } from './nats-wire.js';

export class NatsCourier {
  private readonly wires: Readonly<Record<ConnectionPurpose, NatsWire>>;
  private readonly opened = new Map<ConnectionPurpose, Promise<void>>();

  /** Throws `WEIR_NATS_OPTIONS`. Connects to nothing yet. */
  constructor(
    options: NatsOptions,
    host: NatsHost,
  ) {
    checkNatsOptions(options);
    this.wires = { control: new NatsWire('control', options, host), data: new NatsWire('data', options, host) };
  }

  /**
   * Connects for a purpose, once; until then what is published is dropped and counted. Fails with `WEIR_NATS_UNREACHABLE`,
   * `WEIR_NATS_VERSION`, `WEIR_NATS_AUTH`; it may be called again then.
   */
  open(purpose: ConnectionPurpose): Promise<void> {
    const there = this.opened.get(purpose);
    if (there !== undefined) return there;
    const opened = this.wires[purpose].open().catch((error: unknown) => {
      this.opened.delete(purpose);
      throw error;
    });
    this.opened.set(purpose, opened);
    return opened;
  }

  /**
   * Takes what is published for a node of this process, from any thread's point of view: `handler` runs on this thread. Resolves when the
   * servers know of it. Fails with `WEIR_TRANSPORT_SUBJECT_TAKEN` when the node is served already, with `WEIR_NATS_AUTH`, and as {@link
   * open}.
   */
  async serve(node: string, purpose: ConnectionPurpose, handler: CourierHandler): Promise<Subscription> {
    await this.open(purpose);
    return this.wires[purpose].serve(node, handler);
  }

  /**
   * Hands bytes to the courier, which keeps them by reference until the end of the turn. While disconnected they are dropped and counted.
   * Throws `WEIR_NATS_PAYLOAD` beyond 32 MiB, `WEIR_TRANSPORT_CLOSED` after `close`.
   */
  publish(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array): void {
    this.wires[purpose].publish(subject, bytes);
  }

  /** As `publish`; calls back when the server knows nobody who serves the node, or a node answers by {@link answerNoReceiver}. */
  publishExpectingReceiver(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array, onNoReceiver: () => void): void {
    this.wires[purpose].publishExpectingReceiver(subject, bytes, onNoReceiver);
  }

  /** For a handler that got a message for a subject that nobody subscribed: says so to its publisher, if that one wants to know. */
  answerNoReceiver(purpose: ConnectionPurpose, replyTo: string): void {
    this.wires[purpose].answerNoReceiver(replyTo);
  }

  /** Called at each break of the purpose's connection, before anything that arrives on the next one. */
  onDisconnect(purpose: ConnectionPurpose, listener: () => void): Subscription {
    return this.wires[purpose].onDisconnect(listener);
  }

  /** Resolves when the server has taken all that was published before; rejects with `WEIR_TRANSPORT_BROKEN`. */
  flush(purpose: ConnectionPurpose): Promise<void> {
    return this.wires[purpose].flush();
  }

  /** Bytes published and not yet confirmed by the server; lags by 1 MiB or 200 ms. At most 64 MiB, then the connection is given up. */
  pendingBytes(purpose: ConnectionPurpose): number {
    return this.wires[purpose].pendingBytes;
  }

  statistics(purpose: ConnectionPurpose): CourierStatistics {
    return this.wires[purpose].statistics;
  }

  /** Sends what was published, as far as the server takes it within a second, and closes both connections. */
  async close(): Promise<void> {
    await Promise.all([this.wires.control.close(), this.wires.data.close()]);
  }
}
