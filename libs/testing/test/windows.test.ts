import { describe, expect, it } from '@jest/globals';
import { Duration, OutputTag, TumblingEventTimeWindows } from '@weir/datastream';
import { OperatorHarness } from '../src/index.js';

interface Click { readonly user: string; readonly n: number }
const parse = (text: string): Click => {
  const [user, n] = text.split(' ');
  return { user, n: Number(n) };
};
const LATE = new OutputTag<Click>('late');

describe('a tumbling window', () => {
  it('given records in and out of order / when the watermark passes / then each window fires once, and again for late records', async () => {
    const harness = await OperatorHarness.open<Click>((clicks) => clicks.keyBy((click) => click.user)
      .window(TumblingEventTimeWindows.of(Duration.milliseconds(10))).allowedLateness(Duration.milliseconds(10)).sideOutputLateData(LATE)
      .reduce((a, b) => ({ user: a.user, n: a.n + b.n })), { parse, sideOutputs: [LATE] });
    harness.play(`
      ada 1 @-3
      ada 2 @5
      bob 7 @9
      ada 3 @10
      watermark 9
      ada 4 @5
      watermark 19
      ada 5 @9
      end
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"{"user":"ada","n":1} @-1
{"user":"ada","n":2} @9
{"user":"bob","n":7} @9
watermark 9
{"user":"ada","n":6} @9
{"user":"ada","n":3} @19
watermark 19
late: {"user":"ada","n":5} @9
watermark max"
`);
  });
});
