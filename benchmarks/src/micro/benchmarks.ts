/** All micro benchmarks, a file for each group. */
import { checkpointing } from './checkpointing.js';
import { keyBy } from './key-by.js';
import { mapSink } from './map-sink.js';
import type { MicroBenchmark } from './micro-benchmark.js';
import { rebalance } from './rebalance.js';
import { serializers } from './serializers.js';
import { timers } from './timers.js';
import { windows } from './windows.js';

export const BENCHMARKS: readonly MicroBenchmark[] = [...mapSink, ...rebalance, ...keyBy, ...windows, ...timers, ...serializers, ...checkpointing];
