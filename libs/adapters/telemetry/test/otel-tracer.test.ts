import { describe, expect, it } from '@jest/globals';
import { type Attributes, type Span, type SpanOptions, type SpanStatus, type TimeInput, type Tracer } from '@opentelemetry/api';
import { OtelTracer } from '../src/index.js';

interface Seen {
  name: string;
  options: SpanOptions;
  attributes: Attributes;
  status: SpanStatus | undefined;
  endedAt: TimeInput[];
}

function recordingApi(): { api: Tracer; seen: Seen[] } {
  const seen: Seen[] = [];
  const startSpan = (name: string, options: SpanOptions = {}): Span => {
    const entry: Seen = { name, options, attributes: {}, status: undefined, endedAt: [] };
    seen.push(entry);
    const span: Partial<Span> = {
      setAttributes: (attributes) => {
        Object.assign(entry.attributes, attributes);
        return span as Span;
      },
      setStatus: (status) => {
        entry.status = status;
        return span as Span;
      },
      end: (at) => entry.endedAt.push(at as TimeInput),
    };
    return span as Span;
  };
  return { api: { startSpan, startActiveSpan: () => undefined } as unknown as Tracer, seen };
}

describe('given a tracer on the OpenTelemetry API', () => {
  it('when a span ends twice / then it has both its times, all attributes, and is ended once', () => {
    const { api, seen } = recordingApi();
    const span = new OtelTracer(api).span('Checkpoint', { jobId: 'a' }, 1000);
    span.end({ checkpointId: 7 }, 1250);
    span.end({ checkpointId: 8 }, 9999);
    expect(seen).toEqual([
      { name: 'Checkpoint', options: { attributes: { jobId: 'a' }, startTime: 1000, root: true }, attributes: { checkpointId: 7 }, status: undefined, endedAt: [1250] },
    ]);
  });

  it('when a span ends with a failure / then its status is an error', () => {
    const { api, seen } = recordingApi();
    new OtelTracer(api).span('Checkpoint', {}, 1).end({ failure: 'WEIR_CHECKPOINT_EXPIRED' }, 2);
    expect(seen[0].status).toEqual({ code: 2, message: 'WEIR_CHECKPOINT_EXPIRED' });
  });

  it('when no provider is registered / then spans go nowhere', () => {
    expect(() => new OtelTracer().span('Recovery', { jobId: 'a' }, 1).end({}, 2)).not.toThrow();
  });
});
