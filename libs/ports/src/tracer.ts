/**
 * Spans: what took how long, told when it is over or as it begins. Rare (a checkpoint, a recovery), never per record. An adapter hands them to
 * OpenTelemetry.
 */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  /** Once; a second call is ignored. Wall-clock milliseconds. The attributes are added to those of the start. */
  end(attributes: SpanAttributes, endMs: number): void;
}

export interface Tracer {
  /** Begins a span. Wall-clock milliseconds, which may lie in the past. Never throws. */
  span(name: string, attributes: SpanAttributes, startMs: number): Span;
}

/** Drops everything. */
export const silentTracer: Tracer = { span: () => ({ end: () => undefined }) };
