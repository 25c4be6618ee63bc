/** Names of window assigners as plans and metrics show them; times in milliseconds. */
import type { WindowAssigner } from '@weir/time';

/** E.g. `TumblingEventTimeWindows(3600000)`. */
export function describeAssigner<T>(assigner: WindowAssigner<T>): string {
  const domain = assigner.timeDomain === 'event-time' ? 'EventTime' : 'ProcessingTime';
  switch (assigner.kind) {
    case 'tumbling':
      return `Tumbling${domain}Windows(${assigner.sizeMs}${assigner.offsetMs === 0 ? '' : `, offset ${assigner.offsetMs}`})`;
    case 'sliding':
      return `Sliding${domain}Windows(${assigner.sizeMs}, ${assigner.slideMs}${assigner.offsetMs === 0 ? '' : `, offset ${assigner.offsetMs}`})`;
    case 'session':
      return `${domain}SessionWindows`;
  }
}
