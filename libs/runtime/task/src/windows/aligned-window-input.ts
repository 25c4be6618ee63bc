/**
 * Hot path (benchmark: loops/keyed-tumbling-window). Closed factory (see `specialize`) of tumbling and sliding windows: one table per window
 * (a pane) with a dense slot per key, and one due time per window instead of a timer per key and window. Local windows are tumbling ones.
 *
 * A1: `current` is a pane that is neither fired nor dropped, or none. A2: a record goes into every window that holds its time and is not yet
 * cleaned up; when there is none, it is late. A3: `entries` counts the keys of all panes.
 */
import type { Collector, KeySelector } from '@weir/functions';
import type { KeyIndex, KeyIndexConstructor } from '@weir/state';
import type { Input, RecordContext } from '../operators/operator.js';
import type { WindowAccumulator } from './window-evaluation.js';

/** State of one window for all keys of the subtask. */
export interface Pane {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly index: KeyIndex;
  /** By slot. */
  readonly accumulators: unknown[];
  /** The window's result was emitted; later records (allowed lateness) emit again at once. */
  fired: boolean;
  /**
   * Slots that still wait for the window's end though `fired`. Only after a restore at a smaller parallelism: one of the old subtasks had
   * passed the end, another one had not.
   */
  waiting: Set<number> | undefined;
}

export interface AlignedWindowSettings {
  readonly sizeMs: number;
  /** Equal to `sizeMs` for tumbling windows. */
  readonly slideMs: number;
  readonly offsetMs: number;
  readonly eventTime: boolean;
  readonly allowedLatenessMs: number;
  /** Of local windows; undefined: a whole window. */
  readonly local?: {
    /** One pane takes the records of all times. */
    readonly timeless: boolean;
    /** Keys of all panes at which the host is told `full`. */
    readonly entriesMax: number;
  };
}

export interface AlignedWindowHost {
  /** Combined time of the domain: watermark or wall clock. */
  currentTime(): number;
  processingTimeNow(): number;
  late(value: unknown): void;
  missingTimestamp(): Error;
  /** Hands a result to the process function, or an accumulator to the window behind the exchange. */
  evaluate(pane: Pane, key: unknown, result: unknown): void;
  /** A pane was made: something becomes due at `time`. */
  scheduled(time: number): void;
  /** `entriesMax` is reached; may call `advance`. */
  full(): void;
  watermark(timestamp: number): void;
  idle(idle: boolean): void;
}

export interface AlignedWindowInput extends Input {
  readonly panes: Map<number, Pane>;
  /** Earliest time at which `advance` has something to do. */
  nextDue: number;
  /** Fires and drops what is due at `time`. */
  advance(time: number): void;
  /** The pane of a window, made if needed; for restore. */
  paneAt(start: number): Pane;
}
export interface AlignedWindowDependencies {
  readonly KeyIndex: KeyIndexConstructor;
  readonly noTimestamp: number;
}
export type AlignedWindowConstructor = new (
  settings: AlignedWindowSettings, selector: KeySelector<unknown, unknown>, accumulator: WindowAccumulator, context: RecordContext, out: Collector<unknown>,
  host: AlignedWindowHost,
) => AlignedWindowInput;

export function alignedWindowFactory({ KeyIndex, noTimestamp }: AlignedWindowDependencies): AlignedWindowConstructor {
  return class AlignedWindows implements AlignedWindowInput {
    nextDue = Infinity;
    readonly panes = new Map<number, Pane>();
    private current: Pane | undefined = undefined;
    private currentStart = 0.5;
    private currentEnd = 0.25;
    private entries = 0;
    private readonly entriesMax: number;
    private readonly timeless: boolean;
    private readonly aggregate;
    private readonly toHost: boolean;

    constructor(
      private readonly settings: AlignedWindowSettings, private readonly selector: KeySelector<unknown, unknown>, accumulator: WindowAccumulator,
      private readonly context: RecordContext, private readonly out: Collector<unknown>, private readonly host: AlignedWindowHost,
    ) {
      this.aggregate = accumulator.aggregate;
      this.toHost = accumulator.process !== undefined || settings.local !== undefined;
      this.entriesMax = settings.local?.entriesMax ?? Infinity;
      this.timeless = settings.local?.timeless === true;
    }

    collect(value: unknown): void {
      const timestamp = this.context.timestamp;
      if (timestamp >= this.currentStart && timestamp < this.currentEnd) {
        this.addTo(this.current as Pane, value);
        return;
      }
      this.collectElsewhere(value, timestamp);
    }

    /** The record is not in the current pane, or there is none. */
    private collectElsewhere(value: unknown, recordTimestamp: number): void {
      const { settings, host } = this;
      if (this.timeless) {
        this.collectTimeless(value);
        return;
      }
      let timestamp = recordTimestamp;
      if (!settings.eventTime) timestamp = host.processingTimeNow();
      else if (timestamp === noTimestamp) throw host.missingTimestamp();
      const now = host.currentTime();
      const lastStart = Math.floor((timestamp - settings.offsetMs) / settings.slideMs) * settings.slideMs + settings.offsetMs;
      let late = true;
      for (let start = lastStart; start > timestamp - settings.sizeMs; start -= settings.slideMs) {
        if (start + settings.sizeMs - 1 + settings.allowedLatenessMs <= now) continue;
        late = false;
        const pane = this.paneAt(start);
        this.addTo(pane, value);
        if (settings.eventTime && settings.sizeMs === settings.slideMs && !pane.fired) {
          this.current = pane;
          this.currentStart = pane.start;
          this.currentEnd = pane.end;
        }
      }
      if (late) host.late(value);
    }

    private collectTimeless(value: unknown): void {
      if (this.host.currentTime() === Infinity) {
        this.host.late(value);
        return;
      }
      this.current = this.paneAt(0);
      this.currentStart = -Infinity;
      this.currentEnd = Infinity;
      this.addTo(this.current, value);
    }

    /** Short, so that V8 puts all of it into the source's loop, where the record then need not be made. */
    private addTo(pane: Pane, value: unknown): void {
      const key = (0, this.selector)(value);
      const slot = pane.index.find(key);
      if (slot < 0) {
        this.addFirst(pane, key, value);
        return;
      }
      const before = pane.accumulators[slot];
      const after = this.aggregate.add(value, before);
      if (after !== before) pane.accumulators[slot] = after;
      if (pane.fired) this.emitAgain(pane, key, slot);
    }

    private addFirst(pane: Pane, key: unknown, value: unknown): void {
      const { index, accumulators } = pane;
      const slot = index.insert(key);
      while (accumulators.length <= slot) accumulators.push(undefined);
      accumulators[slot] = this.aggregate.add(value, this.aggregate.createAccumulator());
      if (pane.fired) this.emitAgain(pane, key, slot);
      if (++this.entries >= this.entriesMax) this.host.full();
    }

    private emitAgain(pane: Pane, key: unknown, slot: number): void {
      if (pane.waiting === undefined) this.emit(pane, key, slot);
      else pane.waiting.add(slot);
    }

    paneAt(start: number): Pane {
      let pane = this.panes.get(start);
      if (pane === undefined) {
        const end = start + this.settings.sizeMs;
        const due = end - 1;
        pane = { start, end, index: new KeyIndex(), accumulators: [], fired: due <= this.host.currentTime(), waiting: undefined };
        this.panes.set(start, pane);
        const next = pane.fired ? due + this.settings.allowedLatenessMs : due;
        if (next < this.nextDue) this.nextDue = next;
        this.host.scheduled(next);
      }
      return pane;
    }

    advance(time: number): void {
      if (time < this.nextDue) return;
      const due: Pane[] = [];
      for (const pane of this.panes.values()) {
        if (pane.end - 1 <= time) due.push(pane);
      }
      due.sort((a, b) => a.start - b.start);
      for (const pane of due) {
        if (this.current === pane) {
          this.current = undefined;
          this.currentStart = 0.5;
          this.currentEnd = 0.25;
        }
        if (!pane.fired) {
          pane.fired = true;
          pane.index.forEach((key, slot) => this.emit(pane, key, slot));
        } else if (pane.waiting !== undefined) {
          const { waiting } = pane;
          pane.waiting = undefined;
          pane.index.forEach((key, slot) => { if (waiting.has(slot)) this.emit(pane, key, slot); });
        }
        if (pane.end - 1 + this.settings.allowedLatenessMs <= time) {
          this.panes.delete(pane.start);
          this.entries -= pane.index.size; // A3
        }
      }
      this.nextDue = Infinity;
      for (const pane of this.panes.values()) {
        const next = pane.fired && pane.waiting === undefined ? pane.end - 1 + this.settings.allowedLatenessMs : pane.end - 1;
        if (next < this.nextDue) this.nextDue = next;
      }
      if (this.nextDue !== Infinity) this.host.scheduled(this.nextDue);
    }

    private emit(pane: Pane, key: unknown, slot: number): void {
      const accumulator = pane.accumulators[slot];
      const result = this.settings.local === undefined ? this.aggregate.getResult(accumulator) : accumulator;
      // A late record fires in the middle of its upstream's work, which may go on with the record's own time.
      const { timestamp } = this.context;
      this.context.timestamp = pane.end - 1;
      if (this.toHost) this.host.evaluate(pane, key, result);
      else this.out.collect(result);
      this.context.timestamp = timestamp;
    }

    watermark(timestamp: number): void {
      this.host.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.host.idle(idle);
    }
  };
}
