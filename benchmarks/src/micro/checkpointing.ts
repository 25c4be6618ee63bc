/** What checkpoints cost: a running count over 10^6 keys on the heap without checkpoints, with one every 10 s, and with one every second. */
import { makeKeyedOf, RunningCount } from '../loops/workloads.js';
import { jobRun, type MicroBenchmark } from './micro-benchmark.js';
import { untimed } from './records.js';

const KEYS = 1_000_000;
const WITHOUT = 'checkpointing-none';

function everySo(name: string, interval: string, note: string): MicroBenchmark {
  return {
    name, note, recordsPerS: 4_000_000, atLeastSeconds: 25, flink: { main: 'WorkloadMain', workload: 'keyed-count-million', recordsPerS: 1_000_000, checkpointInterval: interval },
    run: jobRun((env, records, sink) => { untimed(env, records, makeKeyedOf(KEYS)).keyBy((e) => e.key).process(new RunningCount()).uid('count').sinkTo(sink); }, interval),
  };
}

export const checkpointing: readonly MicroBenchmark[] = [
  everySo(WITHOUT, 'none', 'running count over 10^6 integer keys on the heap, no checkpoints'),
  { ...everySo('checkpointing-10s', '10 s', 'the same with a checkpoint every 10 s'), costOver: WITHOUT },
  {
    name: 'keyed-count-leveldb', note: 'the same in LevelDB with a cache for all keys, an incremental checkpoint every 10 s', recordsPerS: 600_000, atLeastSeconds: 25,
    run: jobRun((env, records, sink) => { untimed(env, records, makeKeyedOf(KEYS)).keyBy((e) => e.key).process(new RunningCount()).uid('count').sinkTo(sink); }, '10 s', {
      'state.backend.type': 'leveldb', 'state.backend.leveldb.cache-size': '320 mb', 'state.backend.leveldb.dirty-size': '320 mb',
    }),
  },
  { ...everySo('checkpointing-1s', '1 s', 'the same with a checkpoint every second'), costOver: WITHOUT },
];
