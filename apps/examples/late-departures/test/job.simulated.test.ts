/** The job of this example through simulated crashes: its Parquet input and its output files lie on a simulated disk. */
import { describe, expect, it } from '@jest/globals';
import { types } from '@weir/datastream';
import { parquet } from '@weir/format-parquet';
import { simulate } from '@weir/testing';
import lateDepartures from '../src/job.js';

const START = Date.UTC(2001, 0, 1);
const MINUTE_MS = 60_000;
const columns = types.row({ date: types.long, delay: types.int, origin: types.string });

/** Six hours of departures, a little out of order; one airport is in trouble from the second hour on. */
function flights(): Uint8Array {
  const writer = parquet({ columns }).createWriter();
  for (let i = 0; i < 360; i++) {
    const origin = ['SFO', 'JFK', 'ORD'][i % 3];
    writer.write({ date: START + i * MINUTE_MS - ((i * 7) % 20) * MINUTE_MS, delay: origin === 'ORD' && i > 60 ? 61 + (i % 50) : (i % 40) - 10, origin });
  }
  return writer.finish();
}

describe('late departures', () => {
  it('given simulated crashes / then every hour and every alert is written exactly once', async () => {
    const outputs = new Set<string>();
    const result = await simulate(lateDepartures, {
      seeds: 12,
      input: { parameters: { input: '/flights.parquet', output: '/out' }, files: { '/flights.parquet': flights() } },
      check: async (disk) => {
        const lines: string[] = [];
        for (const directory of ['/out/delays', '/out/alerts']) {
          for (const { name, path } of await disk.list(directory)) {
            if (!name.startsWith('.') && name.endsWith('.jsonl')) lines.push(...new TextDecoder().decode(await disk.read(path)).trimEnd().split('\n'));
          }
        }
        outputs.add(lines.sort().join('\n'));
      },
    });
    expect(result.failures).toEqual([]);
    expect(result.recoveries).toBeGreaterThan(10);
    // The same lines whatever happened.
    expect(outputs.size).toBe(1);
    expect([...outputs][0]).toContain('"origin":"ORD","since"');
  }, 300_000);
});
