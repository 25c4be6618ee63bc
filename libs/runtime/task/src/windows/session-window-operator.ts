/**
 * Session windows: per key a short list of disjoint sessions that grow and merge. One timer per session end; a timer whose session has grown
 * meanwhile finds nothing due and does nothing.
 *
 * S1: sessions of a key never touch: those whose gaps meet are merged when the record that joins them arrives.
 */
import type { KeySelector } from '@weir/functions';
import type { WindowOperatorSpec } from '@weir/graph';
import { createKeyIndexClass, forEachRestoredEntry, type KeyedSnapshotSource, type KeyIndex } from '@weir/state';
import { NO_TIMESTAMP, type WindowAssigner } from '@weir/time';
import { MergeNotDefinedError, MissingTimestampError } from '../errors.js';
import type { Input } from '../operators/operator.js';
import type { OperatorContext } from '../operators/operator-context.js';
import { TimerQueue } from '../time/timer-queue.js';
import { WindowOperator } from './window-operator.js';

interface Session {
  start: number;
  /** Exclusive: last timestamp + gap. */
  end: number;
  accumulator: unknown;
  fired: boolean;
}
type SessionAssigner = Extract<WindowAssigner<unknown>, { kind: 'session' }>;
const SESSIONS = '_window-sessions';

export class SessionWindowOperator extends WindowOperator {
  readonly inputs: readonly Input[];
  private readonly merge: (a: unknown, b: unknown) => unknown;
  private readonly index: KeyIndex;
  /** By slot. */
  private readonly sessions: (Session[] | undefined)[] = [];
  private readonly timers = new TimerQueue();

  constructor(spec: WindowOperatorSpec, private readonly assigner: SessionAssigner, context: OperatorContext, out: Input,
    private readonly keySelector: KeySelector<unknown, unknown>) {
    super(spec, assigner.timeDomain, context, out);
    if (this.accumulator.merge === undefined) throw new MergeNotDefinedError(context.name);
    this.merge = this.accumulator.merge;
    this.index = new (createKeyIndexClass(context.name))();
    this.inputs = [{
      collect: (value) => this.collect(value),
      watermark: (timestamp) => this.watermark(timestamp),
      idle: (idle) => this.idle(idle),
    }];
  }

  protected restore(): void {
    for (const state of this.keyed.takeRestored(SESSIONS, 'sessions')) {
      const read = this.accumulator.codec.readerOf(state.meta.types[0] ?? null);
      forEachRestoredEntry(state, (key, body) => {
        const session: Session = { start: body.f64(), end: body.f64(), fired: body.u8() === 1, accumulator: undefined };
        session.accumulator = read(body);
        this.sessionsOf(key).push(session);
        this.schedule(session, key);
      });
    }
  }

  private collect(value: unknown): void {
    const timestamp = this.eventTime ? this.context.record.timestamp : this.context.processingTime.now();
    if (timestamp === NO_TIMESTAMP) throw new MissingTimestampError(this.name);
    const key = this.keySelector(value);
    const now = this.time();
    const joined: Session = { start: timestamp, end: timestamp + this.assigner.gapMs(value), accumulator: undefined, fired: false };
    const slot = this.index.find(key);
    const before = slot < 0 ? [] : (this.sessions[slot] as Session[]);
    const touching = before.filter((session) => session.start <= joined.end && joined.start <= session.end);
    for (const session of touching) {
      joined.start = Math.min(joined.start, session.start);
      joined.end = Math.max(joined.end, session.end);
    }
    // Late is decided on the merged session: a record that a live session takes in is not late.
    if (joined.end - 1 + this.allowedLatenessMs <= now) {
      this.late(value);
      return;
    }
    let accumulator = touching.length === 0 ? this.accumulator.aggregate.createAccumulator() : touching[0].accumulator;
    for (let i = 1; i < touching.length; i++) accumulator = this.merge(accumulator, touching[i].accumulator);
    joined.accumulator = this.accumulator.aggregate.add(value, accumulator);
    joined.fired = joined.end - 1 <= now;
    const sessions = this.sessionsOf(key);
    this.sessions[this.index.find(key)] = [...sessions.filter((session) => !touching.includes(session)), joined];
    this.schedule(joined, key);
    if (joined.fired) this.emit(key, joined);
  }

  private sessionsOf(key: unknown): Session[] {
    let slot = this.index.find(key);
    if (slot < 0) {
      slot = this.index.insert(key);
      while (this.sessions.length <= slot) this.sessions.push(undefined);
      this.sessions[slot] = [];
    }
    return this.sessions[slot] as Session[];
  }

  private schedule(session: Session, key: unknown): void {
    const due = session.fired ? session.end - 1 + this.allowedLatenessMs : session.end - 1;
    this.timers.add(due, key);
    this.wakeAfter(due);
  }

  protected advance(time: number): void {
    this.timers.fire(time, (_due, key) => {
      const slot = this.index.find(key);
      if (slot < 0) return;
      const sessions = (this.sessions[slot] as Session[]).sort((a, b) => a.start - b.start);
      for (const session of sessions) {
        if (session.fired || session.end - 1 > time) continue;
        session.fired = true;
        this.emit(key, session);
        if (this.allowedLatenessMs > 0) this.schedule(session, key);
      }
      const left = sessions.filter((session) => session.end - 1 + this.allowedLatenessMs > time);
      this.sessions[slot] = left;
      if (left.length > 0) return;
      this.sessions[slot] = undefined;
      this.index.remove(key, slot);
    });
    if (this.timers.size > 0) this.wakeAfter(this.timers.nextTime());
  }

  private emit(key: unknown, session: Session): void {
    const result = this.accumulator.aggregate.getResult(session.accumulator);
    const { record } = this.context;
    // A late record fires in the middle of its upstream's work, which may go on with the record's own time.
    const { timestamp } = record;
    record.timestamp = session.end - 1;
    if (this.accumulator.process === undefined) this.collector.collect(result);
    else this.evaluate({ start: session.start, end: session.end }, key, result);
    record.timestamp = timestamp;
  }

  protected snapshotSource(): KeyedSnapshotSource {
    const { codec } = this.accumulator;
    let entries: { key: unknown; session: Session }[] = [];
    return {
      entryCount: () => {
        entries = [];
        this.index.forEach((key, slot) => {
          for (const session of this.sessions[slot] as Session[]) entries.push({ key, session });
        });
        codec.prepare(() => entries.map(({ session }) => session.accumulator));
        return entries.length;
      },
      meta: () => ({ name: SESSIONS, kind: 'sessions', types: [codec.describe()] }),
      keyAt: (entry) => entries[entry].key,
      writeBody: (entry, out) => {
        const { session } = entries[entry];
        out.f64(session.start);
        out.f64(session.end);
        out.u8(session.fired ? 1 : 0);
        codec.write(session.accumulator, out);
      },
    };
  }
}
