/** Names of window assigners as plans and metrics show them; times in milliseconds. */
import type { WindowAssigner } from '@weir/time';

/** E.g. `TumblingEventTimeWindows(3600000)`. */
export function describeAssigner<T>(assigner: WindowAssigner<T>): string {
  const domain = assigner.timeDomain === 'event-time' ? 'EventTime' : 'ProcessingTime';
  switch (assigner.kind) {
    case 'tumbling':
      return `Tumbling${domain}Windows(${assigner.sizeMs}${offset(assigner.offsetMs)})`;
    case 'sliding':
      return `Sliding${domain}Windows(${assigner.sizeMs}, ${assigner.slideMs}${offset(assigner.offsetMs)})`;
    case 'session':
      return `${domain}SessionWindows`;
  }
}

function offset(ms: number): string {
  return ms === 0 ? '' : `, offset ${ms}`;
}
