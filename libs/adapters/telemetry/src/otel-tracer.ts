/** The `Tracer` port on the OpenTelemetry API. Without a registered tracer provider spans go nowhere and cost next to nothing. */
import { type Span as ApiSpan, SpanStatusCode, trace, type Tracer as ApiTracer } from '@opentelemetry/api';
import type { Span, SpanAttributes, Tracer } from '@weir/ports';

/** Attribute that marks a span as failed; its value is the code of the failure. */
const FAILURE = 'failure';

export class OtelTracer implements Tracer {
  /** Default: the tracer `weir` of the globally registered provider. */
  constructor(private readonly api: ApiTracer = trace.getTracer('weir')) {}

  span(name: string, attributes: SpanAttributes, startMs: number): Span {
    const span = this.api.startSpan(name, { attributes: { ...attributes }, startTime: startMs, root: true });
    let ended = false;
    return {
      end: (more, endMs) => {
        if (ended) return;
        ended = true;
        endSpan(span, more, endMs);
      },
    };
  }
}

function endSpan(span: ApiSpan, attributes: SpanAttributes, endMs: number): void {
  span.setAttributes({ ...attributes });
  const failure = attributes[FAILURE];
  if (failure !== undefined && failure !== '') span.setStatus({ code: SpanStatusCode.ERROR, message: String(failure) });
  span.end(endMs);
}
