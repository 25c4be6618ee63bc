/** Keeps every span. */
import type { Span, SpanAttributes, Tracer } from '../tracer.js';

export interface RecordedSpan {
  readonly name: string;
  readonly attributes: SpanAttributes;
  readonly startMs: number;
  /** Undefined: not ended. */
  readonly endMs: number | undefined;
}

export class RecordingTracer implements Tracer {
  private readonly recorded: RecordedSpan[] = [];

  /** In the order in which they began. */
  get spans(): readonly RecordedSpan[] {
    return this.recorded;
  }

  span(name: string, attributes: SpanAttributes, startMs: number): Span {
    const index = this.recorded.push({ name, attributes, startMs, endMs: undefined }) - 1;
    return {
      end: (more, endMs) => {
        const span = this.recorded[index];
        if (span.endMs === undefined) this.recorded[index] = { ...span, attributes: { ...span.attributes, ...more }, endMs };
      },
    };
  }
}
