/** A job that does to its thread, again and again, what should cost nobody else anything. */
import { DataGeneratorSource, defineJob, param, PrintSink, WatermarkStrategy } from '@weir/datastream';

export const DEEDS = ['throw', 'exit', 'loop', 'leak'] as const;

const params = { deed: param.oneOf(DEEDS) };
/** It works well for so many records: about a tenth of a second. */
const GOOD = 100;

export default defineJob('unruly', { params }, (env, { deed }) => {
  let seen = 0;
  const source = new DataGeneratorSource((i) => i, undefined, { recordsPerSecond: 1000 });
  env.fromSource(source, WatermarkStrategy.noWatermarks<number>(), 'generator').uid('generator').map((it) => {
    if (++seen > GOOD) act(deed);
    return it;
  }).uid('deed').filter(() => false).sinkTo(new PrintSink<number>(() => undefined)).uid('nothing');
});

function act(deed: (typeof DEEDS)[number]): void {
  switch (deed) {
    case 'throw':
      throw new Error('thrown by the function');
    case 'exit':
      process.exit(3);
      break;
    case 'loop':
      for (;;) Math.random();
    case 'leak': {
      const kept: number[][] = [];
      for (;;) kept.push(new Array<number>(100_000).fill(kept.length));
    }
  }
}
