/** Records of 100 bytes dealt out from two sources to two sinks, as a module that threads can load. Sinks leave in files what they saw. */
import { type Collector, DataGeneratorSource, defineJob, param, ProcessFunction, type ProcessContext, type Sink, WatermarkStrategy } from '@weir/datastream';
import { writeResult } from '../result-files.js';

/** What a sink saw between its start and the end of its input. */
export interface RebalanceSeen {
  readonly sum: number;
  readonly openedMs: number;
  readonly endedMs: number;
  /** CPU time of the process at these times. */
  readonly openedCpuMs: number;
  readonly endedCpuMs: number;
  readonly peakRssMiB: number;
}

const ZEROES = new Uint8Array(100);
/** From Node's pool: a `new Uint8Array(100)` takes longer than the whole exchange. */
const makeBytes = (i: number): Uint8Array => {
  const bytes = Buffer.allocUnsafe(100);
  bytes.set(ZEROES);
  bytes[0] = i & 127;
  return bytes;
};

class FirstByte extends ProcessFunction<Uint8Array, number> {
  processElement(bytes: Uint8Array, _context: ProcessContext, out: Collector<number>): void {
    out.collect(bytes[0]);
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

class SeenSink implements Sink<number> {
  readonly description = 'seen';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly folder: string) {}

  createWriter({ subtaskIndex }: Parameters<Sink<number>['createWriter']>[0]): ReturnType<Sink<number>['createWriter']> {
    const { folder } = this;
    const [openedMs, openedCpuMs] = [Date.now(), cpuMs()];
    let sum = 0;
    return {
      write: (value) => { sum += value; },
      backlog: () => undefined,
      prepareCommit: async () => [],
      endOfInput: () => writeResult(folder, `sink-${subtaskIndex}`, {
        sum, openedMs, openedCpuMs, endedMs: Date.now(), endedCpuMs: cpuMs(), peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      } satisfies RebalanceSeen),
      close: async () => undefined,
    };
  }
}

const params = { records: param.integer({ min: 1 }), results: param.string() };

export default defineJob('micro: rebalance', { params }, (env, { records, results }) => {
  env.fromSource(new DataGeneratorSource(makeBytes, records), WatermarkStrategy.noWatermarks<Uint8Array>(), 'generator').uid('generator')
    .rebalance().process(new FirstByte()).uid('first-byte').sinkTo(new SeenSink(results)).uid('seen');
});
