/**
 * Strategy: random steps (watermark, idle, active) on a few inputs; after each step the valve is compared with a model that keeps plain
 * objects and recomputes everything. Invariants W1-W4 of the valve are also checked by examples that read as stories.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_WATERMARK, MIN_WATERMARK, WatermarkValve } from '../src/index.js';

interface ModelInput {
  watermark: number;
  idle: boolean;
  aligned: boolean;
}

/** The rules in the words of the header, without any cleverness. */
class NaiveValve {
  readonly inputs: ModelInput[];
  output = MIN_WATERMARK;
  constructor(count: number) {
    this.inputs = Array.from({ length: count }, () => ({ watermark: MIN_WATERMARK, idle: false, aligned: true }));
  }
  advance(i: number, watermark: number): void {
    const input = this.inputs[i];
    if ((input.idle && watermark !== MAX_WATERMARK) || watermark <= input.watermark) return;
    input.watermark = watermark;
    if (watermark >= this.output) input.aligned = true;
    this.settle();
  }
  setIdle(i: number, idle: boolean): void {
    const input = this.inputs[i];
    if (input.idle === idle) return;
    input.idle = idle;
    input.aligned = !idle && input.watermark >= this.output;
    this.settle();
  }
  get outputIdle(): boolean {
    const unfinished = this.inputs.filter((input) => input.watermark !== MAX_WATERMARK);
    return unfinished.length > 0 && unfinished.every((input) => input.idle);
  }
  private settle(): void {
    const unfinished = this.inputs.filter((input) => input.watermark !== MAX_WATERMARK);
    const counting = unfinished.filter((input) => !input.idle && input.aligned);
    let candidate = MIN_WATERMARK;
    if (unfinished.length === 0) candidate = MAX_WATERMARK;
    else if (this.outputIdle) candidate = Math.max(...unfinished.map((input) => input.watermark));
    else if (counting.length > 0) candidate = Math.min(...counting.map((input) => input.watermark));
    this.output = Math.max(this.output, candidate);
  }
}

const step = (inputs: number) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        {
          kind: fc.constant('watermark' as const),
          input: fc.nat(inputs - 1),
          at: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constant(MAX_WATERMARK)),
        },
      ),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('idle' as const), input: fc.nat(inputs - 1), idle: fc.boolean() }) },
  );

describe('the watermark valve', () => {
  it('agrees with the naive model after every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }).chain(
        (n) => fc.tuple(fc.constant(n), fc.array(step(n), { maxLength: 40 })),
      ), ([inputs, steps]) => {
        const valve = new WatermarkValve(inputs);
        const model = new NaiveValve(inputs);
        for (const s of steps) {
          const before = valve.output;
          const rose = s.kind === 'watermark' ? valve.advance(s.input, s.at) : valve.setIdle(s.input, s.idle);
          if (s.kind === 'watermark') model.advance(s.input, s.at);
          else model.setIdle(s.input, s.idle);
          expect(valve.output).toBe(model.output);
          expect(valve.outputIdle).toBe(model.outputIdle);
          expect(rose).toBe(valve.output > before); // W1 and the answer of the call
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('emits the minimum of two active inputs', () => {
    const valve = new WatermarkValve(2);
    expect(valve.advance(0, 10)).toBe(false);
    expect(valve.advance(1, 7)).toBe(true);
    expect(valve.output).toBe(7);
  });

  it('given an idle input, when it comes back behind the output, then it counts only once it has caught up', () => {
    const valve = new WatermarkValve(2);
    valve.advance(0, 10);
    valve.setIdle(1, true);
    expect(valve.output).toBe(10);
    valve.setIdle(1, false);
    valve.advance(0, 12);
    expect(valve.output).toBe(12);
    valve.advance(1, 12);
    valve.advance(0, 20);
    expect(valve.output).toBe(12);
  });

  it('given all inputs idle, then the largest watermark is emitted before idle', () => {
    const valve = new WatermarkValve(2);
    valve.advance(0, 10);
    valve.advance(1, 3);
    valve.setIdle(0, true);
    expect(valve.output).toBe(3);
    expect(valve.setIdle(1, true)).toBe(true);
    expect([valve.output, valve.outputIdle]).toEqual([10, true]);
  });

  it('given an idle input that ends, then it is finished and the others end the stream', () => {
    const valve = new WatermarkValve(2);
    valve.setIdle(0, true);
    valve.advance(0, MAX_WATERMARK);
    valve.advance(1, MAX_WATERMARK);
    expect([valve.output, valve.outputIdle]).toEqual([MAX_WATERMARK, false]);
  });

  it('given one finished input and one idle, then the end of time is not announced', () => {
    const valve = new WatermarkValve(2);
    valve.advance(1, 4);
    valve.setIdle(1, true);
    valve.advance(0, MAX_WATERMARK);
    expect([valve.output, valve.outputIdle]).toEqual([4, true]);
    valve.setIdle(1, false);
    expect(valve.outputIdle).toBe(false);
    valve.advance(1, MAX_WATERMARK);
    expect(valve.output).toBe(MAX_WATERMARK);
  });
});
