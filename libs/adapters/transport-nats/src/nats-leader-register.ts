/**
 * The leader register in a JetStream key-value bucket `weir-<cluster>`, key `leader`, on a connection of its own. It is fast and
 * watchable, and may be lost with the servers' disks or go back in time: epochs in fsynced files make that harmless (D4).
 *
 *  R1. Compare-and-set is the server's: the write carries the revision that the key must have, and the stream's leader decides.
 *  R2. Reads ask the stream's leader, never a follower (direct get is off): a follower may lag.
 *  R3. `set` and `conflict` are said only when the server said so; anything else, a timeout too, throws: the outcome is unknown.
 *  R4. A bucket that is not there holds nothing, and is made by the next write from nothing.
 *  R5. The watch listens to what is published on the key, which is heard slightly before it is stored: the hint is given a moment later.
 *      As somebody listens, a write to a lost bucket is not refused but stays unanswered: an unknown outcome, and the read that follows
 *      finds nothing.
 */
import { toError } from '@weir/base';
import type { Cancel, CompareAndSetOutcome, LeaderRecord, LeaderRegister, Subscription, Versioned } from '@weir/ports';
import { DiscardPolicy, headers, type NatsConnection, type NatsError, RetentionPolicy, StorageType, type StoredMsg } from 'nats';
import { LeaderRegisterUnreachableError } from './errors.js';
import { decodeLeaderRecord, encodeLeaderRecord } from './leader-record-bytes.js';
import { checkNatsOptions, type NatsHost, type NatsOptions } from './nats-options.js';
import { NatsSession } from './nats-session.js';

export interface NatsLeaderRegisterOptions extends NatsOptions {
  /** Servers that keep the bucket: 1, 3 or 5; three need a NATS cluster of three. Used when the bucket is made. Default 1. */
  readonly replicas?: number;
  /** How long an operation may take before its outcome is unknown, milliseconds. Default 2 500. */
  readonly operationTimeoutMs?: number;
}

const KEY = 'leader';
/** The two forms of `wrong last sequence`: of a stream, and of one in a cluster. */
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10071, 10164]);
const NO_MESSAGE = 10037;
const NO_STREAM = 10059;
const NAME_IN_USE = 10058;
const HINT_DELAY_MS = 25;
const MAX_RECORD_BYTES = 64 * 1024;

type Operation = 'read' | 'compare-and-set' | 'clear';

export class NatsLeaderRegister implements LeaderRegister {
  /** The bucket's name. */
  readonly bucket: string;
  private readonly session: NatsSession;
  private readonly stream: string;
  private readonly subject: string;
  private readonly listeners = new Set<() => void>();
  private readonly timeout: number;
  private cancelHint: Cancel | undefined;

  /** Throws `WEIR_NATS_OPTIONS`. */
  constructor(
    private readonly options: NatsLeaderRegisterOptions,
    private readonly host: NatsHost,
  ) {
    checkNatsOptions(options);
    this.bucket = `weir-${options.cluster}`;
    this.stream = `KV_${this.bucket}`;
    this.subject = `$KV.${this.bucket}.${KEY}`;
    this.timeout = options.operationTimeoutMs ?? 2_500;
    this.session = new NatsSession(`${options.processName ?? 'weir'}/leader`, options, host, (connection, denied) => {
      connection.subscribe(this.subject, { callback: (error) => (error === null ? this.hint() : denied(error)) });
    });
    this.session.onConnect(() => this.hint());
  }

  /** Connects. Fails with `WEIR_NATS_UNREACHABLE`, `WEIR_NATS_VERSION`, `WEIR_NATS_AUTH`. */
  open(): Promise<void> {
    return this.session.open();
  }

  /** Rejects with `WEIR_LEADER_REGISTER_UNREACHABLE`. */
  read(): Promise<Versioned<LeaderRecord> | undefined> {
    return this.attempt('read', async (connection) => {
      const message = await this.last(connection);
      if (message === undefined || message === 'no-bucket') return undefined;
      const value = recordOf(message);
      return value === undefined ? undefined : { version: message.seq, value };
    });
  }

  /** Rejects with `WEIR_LEADER_REGISTER_UNREACHABLE`: the outcome is unknown. */
  compareAndSet(expectedVersion: number, value: LeaderRecord): Promise<CompareAndSetOutcome> {
    const bytes = encodeLeaderRecord(value);
    return this.attempt('compare-and-set', (connection) =>
      expectedVersion === 0 ? this.setFromNothing(connection, bytes) : this.write(connection, expectedVersion, bytes, false),
    );
  }

  /** Rejects with `WEIR_LEADER_REGISTER_UNREACHABLE`: the outcome is unknown. */
  clear(expectedVersion: number): Promise<CompareAndSetOutcome> {
    if (expectedVersion === 0) return Promise.resolve('conflict');
    return this.attempt('clear', (connection) => this.write(connection, expectedVersion, new Uint8Array(0), true));
  }

  watch(listener: () => void): Subscription {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return { unsubscribe: () => void this.listeners.delete(entry) };
  }

  async close(): Promise<void> {
    this.cancelHint?.();
    this.listeners.clear();
    await this.session.close();
  }

  /** A cleared key holds a marker, and its revision is what must be replaced. Who else replaces it first makes this a conflict. */
  private async setFromNothing(connection: NatsConnection, bytes: Uint8Array): Promise<CompareAndSetOutcome> {
    const message = await this.last(connection);
    if (message === 'no-bucket') await this.makeBucket(connection); // R4
    if (message === 'no-bucket' || message === undefined) return this.write(connection, 0, bytes, false);
    return recordOf(message) === undefined ? this.write(connection, message.seq, bytes, false) : 'conflict';
  }

  private async write(connection: NatsConnection, version: number, bytes: Uint8Array, clears: boolean): Promise<CompareAndSetOutcome> {
    const marker = headers();
    if (clears) marker.set('KV-Operation', 'DEL');
    try {
      await connection.jetstream({ timeout: this.timeout }).publish(this.subject, bytes, {
        headers: marker,
        timeout: this.timeout,
        expect: { streamName: this.stream, lastSubjectSequence: version }, // R1
      });
      return 'set';
    } catch (thrown) {
      if (WRONG_LAST_SEQUENCE.has((thrown as NatsError).api_error?.err_code ?? 0)) return 'conflict';
      throw thrown;
    }
  }

  /** The last message of the key, be it a record, a marker or rubbish; undefined when there is none. */
  private async last(connection: NatsConnection): Promise<StoredMsg | 'no-bucket' | undefined> {
    const manager = await connection.jetstreamManager({ timeout: this.timeout, checkAPI: false });
    try {
      return await manager.streams.getMessage(this.stream, { last_by_subj: this.subject }); // R2
    } catch (thrown) {
      const refusal = (thrown as NatsError).api_error?.err_code;
      if (refusal === NO_MESSAGE) return undefined;
      if (refusal === NO_STREAM) return 'no-bucket';
      throw thrown;
    }
  }

  /** As the key-value API makes it, so that its tools can read it; history of one, file storage, no direct get. */
  private async makeBucket(connection: NatsConnection): Promise<void> {
    const manager = await connection.jetstreamManager({ timeout: this.timeout, checkAPI: false });
    try {
      await manager.streams.add({
        name: this.stream,
        subjects: [`$KV.${this.bucket}.>`],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        num_replicas: this.options.replicas ?? 1,
        max_msgs_per_subject: 1,
        max_msg_size: MAX_RECORD_BYTES,
        allow_direct: false,
        allow_rollup_hdrs: true,
        deny_delete: true,
      });
      this.host.logger.log('info', 'made the bucket of the leader register', { bucket: this.bucket });
    } catch (thrown) {
      if ((thrown as NatsError).api_error?.err_code !== NAME_IN_USE) throw thrown; // made by another contender, with other options
    }
  }

  private async attempt<T>(operation: Operation, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = this.session.connection;
    if (connection === undefined) throw new LeaderRegisterUnreachableError(this.bucket, operation, new Error('not connected'));
    try {
      return await work(connection);
    } catch (thrown) {
      throw new LeaderRegisterUnreachableError(this.bucket, operation, toError(thrown)); // R3
    }
  }

  private hint(): void {
    if (this.listeners.size === 0) return;
    this.cancelHint ??= this.host.timers.after(HINT_DELAY_MS, () => {
      this.cancelHint = undefined;
      for (const listener of [...this.listeners]) listener();
    });
  }
}

function recordOf(message: StoredMsg): LeaderRecord | undefined {
  return message.header?.get('KV-Operation') ? undefined : decodeLeaderRecord(message.data);
}
