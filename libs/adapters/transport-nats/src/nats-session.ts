/**
 * One NATS connection that is kept alive for ever: dialled, checked, set up, told when it breaks, dialled again.
 *
 *  S1. A session is connected only after the server has confirmed its subscriptions: whoever hears `onConnect` can be reached.
 *  S2. Each break is told exactly once, before anything that arrives on the next connection. What was handed over and not confirmed may
 *      be lost.
 *  S3. Nothing is kept for a connection that is not there: no buffer outlives a break.
 *  S4. A break is noticed within about 6 s even when the socket is stuck with unsent bytes: a stale connection is closed, not drained.
 */
import { isWeirError, toError } from '@weir/base';
import { type Cancel, type Subscription, TransportBrokenError, TransportClosedError } from '@weir/ports';
import { connect, DebugEvents, ErrorCode, Events, type NatsConnection, type NatsError, type Status } from 'nats';
import { NatsAuthError, NatsUnreachableError, NatsVersionError } from './errors.js';
import { dialOptions, type NatsHost, type NatsOptions } from './nats-options.js';
import { isAtLeast, OLDEST_SERVER } from './nats-version.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
const CLOSE_FLUSH_MS = 1_000;
const MAX_REPORTED = 100;

const AUTH_CODES: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AuthenticationTimeout,
  ErrorCode.AccountExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);

export class NatsSession {
  private current: NatsConnection | undefined;
  private dialled: NatsConnection | undefined;
  private closed = false;
  private cancelWait: (() => void) | undefined;
  private readonly broken = new Set<(error?: Error) => void>();
  private readonly connectListeners = new Set<() => void>();
  private readonly disconnectListeners = new Set<() => void>();
  private readonly reported = new Set<string>();
  /** Breaks so far. */
  disconnectCount = 0;

  /**
   * @param setUp subscribes what this session needs, on each new connection before anybody knows of it. `denied` tells that the server
   * does not permit a subscription: the connection is then useless.
   */
  constructor(
    readonly name: string,
    private readonly options: NatsOptions,
    private readonly host: NatsHost,
    private readonly setUp: (connection: NatsConnection, denied: (error: Error) => void) => void,
  ) {}

  /** The live connection; undefined while there is none. */
  get connection(): NatsConnection | undefined {
    return this.current;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The first connect. Fails with `WEIR_NATS_UNREACHABLE`, `WEIR_NATS_VERSION`, `WEIR_NATS_AUTH` or `WEIR_NATS_OPTIONS`. */
  async open(): Promise<void> {
    const end = this.host.clock.monotonic() + (this.options.connectTimeoutMs ?? 10_000);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.dial();
      } catch (error) {
        if (!(error instanceof NatsUnreachableError) || this.host.clock.monotonic() >= end) throw error;
      }
      await this.wait(attempt);
      if (this.closed) throw new TransportClosedError(this.name);
    }
  }

  /**
   * Resolves when the server has taken all that was published before; rejects with `WEIR_TRANSPORT_BROKEN` when the connection breaks
   * first.
   */
  flush(): Promise<void> {
    const connection = this.current;
    if (this.closed) return Promise.reject(new TransportClosedError(this.name));
    if (connection === undefined) return Promise.reject(new TransportBrokenError(this.name));
    return this.flushOf(connection);
  }

  /** Resolves once the server has confirmed all subscriptions, on this connection or, if it breaks meanwhile, on a later one. */
  async whenConnected(): Promise<void> {
    const connection = this.current;
    if (connection !== undefined) {
      try {
        return await this.flushOf(connection);
      } catch (error) {
        if (this.closed) throw error;
        this.note('debug', 'a subscription waits for the next connection', error);
      }
    }
    if (this.closed) throw new TransportClosedError(this.name);
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (error instanceof TransportBrokenError) return; // another break: the next connect will do
        listening.unsubscribe();
        this.broken.delete(settle);
        if (error === undefined) resolve();
        else reject(error);
      };
      const listening = this.onConnect(() => settle());
      this.broken.add(settle);
    });
  }

  /** Called after each connect, also the first. */
  onConnect(listener: () => void): Subscription {
    return listen(this.connectListeners, listener);
  }

  onDisconnect(listener: () => void): Subscription {
    return listen(this.disconnectListeners, listener);
  }

  /** Gives this connection up, as if it had broken, and dials again. */
  abandon(reason: string): void {
    if (this.current !== undefined) this.lost(this.current, reason);
  }

  /** Sends what was published, as far as the server takes it soon, and closes. */
  async close(): Promise<void> {
    if (this.closed) return;
    const connection = this.current;
    if (connection !== undefined) {
      let cancel: Cancel = () => undefined;
      const soon = new Promise<void>((resolve) => {
        cancel = this.host.timers.after(CLOSE_FLUSH_MS, resolve);
      });
      await Promise.race([soon, this.flushOf(connection).catch((error: unknown) => this.note('debug', 'closed without flush', error))]);
      cancel();
    }
    this.closed = true;
    this.current = undefined;
    this.cancelWait?.();
    this.breakWaiters(new TransportClosedError(this.name));
    await connection?.close();
    if (this.dialled !== connection) await this.dialled?.close();
  }

  private async dial(): Promise<void> {
    let refusal: Error | undefined;
    let connection: NatsConnection;
    try {
      connection = await connect(dialOptions(this.options, this.name));
    } catch (error) {
      throw this.dialFailure(error);
    }
    this.dialled = connection;
    try {
      if (this.closed) throw new TransportClosedError(this.name);
      this.checkVersion(connection);
      this.monitor(connection);
      this.setUp(connection, (error) => (refusal = error));
      await this.flushOf(connection);
      if (refusal !== undefined) throw new NatsAuthError(this.options.servers, refusal.message, refusal);
    } catch (error) {
      this.dialled = undefined;
      await connection.close();
      throw error instanceof TransportBrokenError ? new NatsUnreachableError(this.options.servers, error) : error;
    }
    this.current = connection;
    for (const listener of [...this.connectListeners]) listener();
  }

  private dialFailure(error: unknown): Error {
    const failure = toError(error);
    const code = (failure as NatsError).code;
    if (AUTH_CODES.has(code)) return new NatsAuthError(this.options.servers, failure.message, failure);
    return isWeirError(failure) ? failure : new NatsUnreachableError(this.options.servers, failure);
  }

  private checkVersion(connection: NatsConnection): void {
    const found = connection.info?.version ?? 'unknown';
    if (!isAtLeast(found, OLDEST_SERVER)) throw new NatsVersionError(connection.getServer(), found, OLDEST_SERVER);
  }

  private monitor(connection: NatsConnection): void {
    void connection.closed().then((error) => this.lost(connection, error instanceof Error ? error.message : 'the connection was closed'));
    void this.follow(connection);
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (this.dialled !== connection) return;
      this.onStatus(connection, status);
    }
  }

  private onStatus(connection: NatsConnection, status: Status): void {
    if (status.type === DebugEvents.StaleConnection) {
      this.lost(connection, 'the server does not answer pings'); // S4
    } else if (status.type === Events.Disconnect) {
      this.lost(connection, 'the server closed the connection');
    } else if (status.type === Events.LDM) {
      this.note('info', 'the NATS server is going down gracefully');
    } else if (status.type === Events.Error) {
      const { permissionContext: what } = status;
      this.report(what === undefined ? String(status.data) : `${what.operation} of ${what.subject} is not permitted`);
    }
  }

  /** Each refused message is an error of its own: logged once a text, not once a message. */
  private report(error: string): void {
    if (this.reported.has(error)) return;
    if (this.reported.size >= MAX_REPORTED) this.reported.clear();
    this.reported.add(error);
    this.note('warn', 'the NATS server reports an error', error);
  }

  private lost(connection: NatsConnection, reason: string): void {
    if (this.dialled !== connection || this.closed) return;
    this.dialled = undefined;
    this.breakWaiters(new TransportBrokenError(this.name));
    void connection.close();
    if (this.current !== connection) return; // still being set up: `dial` fails by its flush
    this.current = undefined;
    this.disconnectCount++;
    this.note('warn', 'the connection to NATS broke', reason);
    for (const listener of [...this.disconnectListeners]) listener();
    void this.redial();
  }

  private async redial(): Promise<void> {
    for (let attempt = 0; !this.closed; attempt++) {
      try {
        await this.dial();
        this.note('info', 'connected to NATS again');
        return;
      } catch (error) {
        if (this.closed) return;
        if (attempt % 16 === 0) this.note('warn', 'NATS cannot be reached, trying on', error);
      }
      await this.wait(attempt);
    }
  }

  /** Doubles up to a second, with jitter so that a whole cluster does not dial at once. */
  private wait(attempt: number): Promise<void> {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
    return new Promise((resolve) => {
      const cancel = this.host.timers.after(longest * (0.5 + 0.5 * this.host.random.next()), resolve);
      this.cancelWait = () => {
        cancel();
        resolve();
      };
    });
  }

  private flushOf(connection: NatsConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        this.broken.delete(settle);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.broken.add(settle);
      connection.flush().then(
        () => settle(),
        () => settle(new TransportBrokenError(this.name)),
      );
    });
  }

  private breakWaiters(error: Error): void {
    for (const settle of [...this.broken]) settle(error);
  }

  private note(level: 'debug' | 'info' | 'warn', message: string, reason?: unknown): void {
    const text = reason instanceof Error ? reason.message : reason;
    this.host.logger.log(level, message, { connection: this.name, ...(text === undefined ? {} : { reason: text }) });
  }
}

function listen(listeners: Set<() => void>, listener: () => void): Subscription {
  const entry = (): void => listener();
  listeners.add(entry);
  return { unsubscribe: () => void listeners.delete(entry) };
}
