/**
 * The watermark of an event-time window operator as state. Without it a restored operator would not know which windows have fired and gone:
 * a record that was late before the restore would open its window anew, and the window would fire a second time.
 */
import { type KeyGroupRange, type ListState, stateDescriptor } from '@weir/state';
import { MIN_WATERMARK } from '@weir/time';
import { types } from '@weir/types';
import type { OperatorListStates } from '../operators/operator-list-states.js';

interface StoredWatermark {
  readonly firstKeyGroup: number;
  readonly lastKeyGroup: number;
  /** Null: none yet. */
  readonly watermark: number | null;
}

export class WindowWatermark {
  private readonly stored: ListState<StoredWatermark>;

  constructor(lists: OperatorListStates, private readonly range: KeyGroupRange) {
    this.stored = lists.list(stateDescriptor.list<StoredWatermark>('_window-watermark', types.generic<StoredWatermark>()), 'union');
  }

  /**
   * The smallest watermark of the subtasks that held these key groups. Exact unless the parallelism fell; then keys whose old subtask was
   * ahead take in records again that were late there: nothing is lost.
   */
  restored(): number {
    const { first, last } = this.range;
    const own = this.stored.get().filter(({ firstKeyGroup, lastKeyGroup }) => firstKeyGroup <= last && lastKeyGroup >= first);
    return own.length === 0 ? MIN_WATERMARK : Math.min(...own.map(({ watermark }) => watermark ?? MIN_WATERMARK));
  }

  store(watermark: number): void {
    const { first, last } = this.range;
    this.stored.update([{ firstKeyGroup: first, lastKeyGroup: last, watermark: watermark === MIN_WATERMARK ? null : watermark }]);
  }
}
