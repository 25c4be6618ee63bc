import { describe, expect, it } from '@jest/globals';
import { RecordingTracer, silentTracer } from '../src/index.js';

describe('given a tracer that records', () => {
  it('when spans end in another order, and one twice / then each has its own attributes and its first end', () => {
    const tracer = new RecordingTracer();
    const outer = tracer.span('Recovery', { jobId: 'a' }, 10);
    const inner = tracer.span('Checkpoint', { jobId: 'a' }, 20);
    outer.end({ restarts: 1 }, 40);
    outer.end({ restarts: 2 }, 50);
    expect(tracer.spans).toEqual([
      { name: 'Recovery', attributes: { jobId: 'a', restarts: 1 }, startMs: 10, endMs: 40 }, { name: 'Checkpoint', attributes: { jobId: 'a' }, startMs: 20, endMs: undefined },
    ]);
    inner.end({}, 30);
    expect(tracer.spans[1].endMs).toBe(30);
  });

  it('when nobody listens / then spans cost nothing and break nothing', () => {
    expect(() => silentTracer.span('Checkpoint', {}, 1).end({}, 2)).not.toThrow();
  });
});
