/** Tumbling and sliding windows: panes as state. The work per record is in `aligned-window-input.ts`. */
import { specialize } from '@weir/base';
import type { KeySelector } from '@weir/functions';
import type { WindowOperatorSpec } from '@weir/graph';
import { createKeyIndexClass, forEachRestoredEntry, type KeyedSnapshotSource } from '@weir/state';
import { NO_TIMESTAMP, type WindowAssigner } from '@weir/time';
import { MissingTimestampError } from '../errors.js';
import type { Input } from '../operators/operator.js';
import type { OperatorContext } from '../operators/operator-context.js';
import { alignedWindowFactory, type AlignedWindowInput, type Pane } from './aligned-window-input.js';
import { WindowOperator } from './window-operator.js';

type AlignedAssigner = Exclude<WindowAssigner<unknown>, { kind: 'session' }>;
const PANES = '_window-panes';

export class AlignedWindowOperator extends WindowOperator {
  readonly inputs: readonly Input[];
  private readonly windows: AlignedWindowInput;

  constructor(spec: WindowOperatorSpec, assigner: AlignedAssigner, context: OperatorContext, out: Input, keySelector: KeySelector<unknown, unknown>) {
    super(spec, assigner.timeDomain, context, out);
    const Windows = specialize(alignedWindowFactory, { KeyIndex: createKeyIndexClass(context.name), noTimestamp: NO_TIMESTAMP }, context.name);
    this.windows = new Windows(
      {
        sizeMs: assigner.sizeMs, slideMs: assigner.kind === 'sliding' ? assigner.slideMs : assigner.sizeMs, offsetMs: assigner.offsetMs,
        eventTime: this.eventTime, allowedLatenessMs: this.allowedLatenessMs,
      },
      keySelector, this.accumulator, context.record, this.collector,
      {
        currentTime: () => this.time(),
        processingTimeNow: () => context.processingTime.now(),
        late: (value) => this.late(value),
        missingTimestamp: () => new MissingTimestampError(context.name),
        evaluate: (pane, key, result) => this.evaluate(pane, key, result),
        scheduled: (time) => this.wakeAfter(time),
        full: () => undefined,
        watermark: (timestamp) => this.watermark(timestamp),
        idle: (idle) => this.idle(idle),
      });
    this.inputs = [this.windows];
  }

  protected restore(): void {
    const fired = new Set<Pane>();
    for (const state of this.keyed.takeRestored(PANES, 'window')) {
      const read = this.accumulator.codec.readerOf(state.meta.types[0] ?? null);
      forEachRestoredEntry(state, (key, body) => {
        const pane = this.windows.paneAt(body.f64());
        pane.waiting ??= new Set();
        const hasFired = body.u8() === 1;
        const slot = pane.index.insert(key);
        while (pane.accumulators.length <= slot) pane.accumulators.push(undefined);
        pane.accumulators[slot] = read(body);
        if (hasFired) fired.add(pane);
        else pane.waiting.add(slot);
      });
    }
    for (const pane of this.windows.panes.values()) {
      pane.fired = fired.has(pane);
      if (!pane.fired || pane.waiting?.size === 0) pane.waiting = undefined;
    }
  }

  protected advance(time: number): void {
    if (time >= this.windows.nextDue) this.windows.advance(time);
  }

  protected snapshotSource(): KeyedSnapshotSource {
    const { codec } = this.accumulator;
    let panes: Pane[] = [];
    let slots: number[] = [];
    let keys: unknown[] = [];
    return {
      entryCount: () => {
        panes = [];
        slots = [];
        keys = [];
        for (const pane of this.windows.panes.values()) {
          pane.index.forEach((key, slot) => {
            panes.push(pane);
            slots.push(slot);
            keys.push(key);
          });
        }
        codec.prepare(() => slots.map((slot, i) => panes[i].accumulators[slot]));
        return slots.length;
      },
      meta: () => ({ name: PANES, kind: 'window', types: [codec.describe()] }),
      keyAt: (entry) => keys[entry],
      writeBody: (entry, out) => {
        const pane = panes[entry];
        out.f64(pane.start);
        out.u8(pane.fired && pane.waiting?.has(slots[entry]) !== true ? 1 : 0);
        codec.write(pane.accumulators[slots[entry]], out);
      },
    };
  }
}
