import { Configuration, jobId, leaderEpoch, operatorId } from '@weir/base';
import { createJobGraph, type StreamGraph, type StreamNode } from '@weir/graph';
import { DataGeneratorSource } from '@weir/connector';
import { WatermarkStrategy, TumblingEventTimeWindows, Duration } from '@weir/time';
import { KeyedProcessFunction, type RuntimeContext, type Collector } from '@weir/functions';
import { stateDescriptor, type ValueState } from '@weir/state';
import { types } from '@weir/types';
import { OperatorChain } from '../../libs/runtime/task/src/chain/operator-chain.js';
import { RecordContext } from '../../libs/runtime/task/src/operators/operator.js';
import { ProcessingTimeService } from '../../libs/runtime/task/src/time/processing-time.js';

class Count extends KeyedProcessFunction<number, any, any> {
  private count!: ValueState<number>;
  open(c: RuntimeContext) { this.count = c.getState(stateDescriptor.value('count', types.long, 0)); }
  processElement(v: any, _c: any, out: Collector<any>) { const n = (this.count.value() as number) + 1; this.count.update(n); out.collect(n); }
}
let node = 0;
const mk = (spec: any, extra: any = {}): StreamNode => ({ id: ++node, name: spec.kind, uid: 'u' + node, spec, parallelism: 1, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always', keySelectors: [undefined], outputType: undefined, ...extra });
function graph(nodes: StreamNode[], keyedAt: Set<number>): StreamGraph {
  return { jobName: 'b', nodes, edges: nodes.slice(1).map((n, i) => ({ sourceId: nodes[i].id, targetId: n.id, inputIndex: 0, partitioner: n.keySelectors[0] ? { kind: 'hash' as const, keySelector: n.keySelectors[0] } : { kind: 'forward' as const }, sideOutputId: undefined })) };
}
const N = 10_000_000;
function mkrun(name: string) {
  const total = { sum: 0, n: 0 };
  const sink: any = { description: 's', stateVersion: 1, guarantee: 'none', createWriter: () => ({ write: (v: any) => { total.sum += v as number; }, backlog: () => undefined, prepareCommit: async () => [], close: async () => {} }) };
  const genA = (i: number) => ({ id: i, value: i & 1023 });
  const map1 = (e: any) => ({ id: e.id, value: e.value * 2 });
  const filt = (e: any) => (e.value & 2) === 0;
  const map2 = (e: any) => e.value + 1;
  const K = 100_000;
  const genK = (i: number) => ({ key: Math.imul(i, 0x9e3779b1) >>> 0 % 1, k: (Math.imul(i, 0x9e3779b1) >>> 8) % K });
  const selK = (e: any) => e.k;
  const genW = (i: number) => ({ k: (Math.imul(i, 0x9e3779b1) >>> 8) % 10_000, t: 1_700_000_000_000 + i / 100, v: i & 255 });
  const selW = (e: any) => e.k;
  const agg = { createAccumulator: () => ({ sum: 0, count: 0 }), add: (e: any, a: any) => { a.sum += e.v; a.count++; return a; }, getResult: (a: any) => a.sum };
  const g =
    name === 'stateless' ? graph([mk({ kind: 'source', source: new DataGeneratorSource(genA as any, N) as any, watermarks: WatermarkStrategy.noWatermarks() }), mk({ kind: 'map', fn: map1 }), mk({ kind: 'filter', fn: filt }), mk({ kind: 'map', fn: map2 }), mk({ kind: 'sink', sink })], new Set()) :
    name === 'keyed' ? graph([mk({ kind: 'source', source: new DataGeneratorSource(genK as any, N) as any, watermarks: WatermarkStrategy.noWatermarks() }), mk({ kind: 'keyed-process', fn: new Count() }, { keySelectors: [selK] }), mk({ kind: 'sink', sink })], new Set()) :
    graph([mk({ kind: 'source', source: new DataGeneratorSource(genW as any, N) as any, watermarks: WatermarkStrategy.forBoundedOutOfOrderness(Duration.milliseconds(0)).withTimestampAssigner((e: any) => e.t) }), mk({ kind: 'window', assigner: TumblingEventTimeWindows.of(Duration.seconds(10)), evaluation: { kind: 'aggregate', fn: agg }, allowedLatenessMs: 0 }, { keySelectors: [selW] }), mk({ kind: 'sink', sink })], new Set());
  const loop = () => {
    let sum = 0;
    if (name === 'stateless') { for (let i = 0; i < N; i++) { const e = map1(genA(i)); if (filt(e)) sum += map2(e); } return sum; }
    if (name === 'keyed') { const m = new Map<number, { n: number }>(); for (let i = 0; i < N; i++) { const e = genK(i); let o = m.get(selK(e)); if (o === undefined) { o = { n: 0 }; m.set(selK(e), o); } o.n++; sum += o.n; } return sum; }
    const windows = new Map<number, Map<number, any>>(); let max = -Infinity; let cur = -1; let w: any;
    for (let i = 0; i < N; i++) { const e = genW(i); const start = e.t - (e.t % 10000); if (start !== cur) { for (const m of windows.values()) for (const a of m.values()) sum += a.sum; windows.clear(); w = new Map(); windows.set(start, w); cur = start; } let a = w.get(e.k); if (a === undefined) { a = { sum: 0, count: 0 }; w.set(e.k, a); } a.sum += e.v; a.count++; if (e.t > max) max = e.t; }
    for (const m of windows.values()) for (const a of m.values()) sum += a.sum;
    return sum;
  };
  return { g, total, loop };
}
async function runEngine(g: StreamGraph, total: any): Promise<number> {
  const job = createJobGraph(g, { defaultParallelism: 1, chainingEnabled: true } as any);
  const vertex = job.graph.vertices[0];
  if (job.graph.vertices.length !== 1) console.log('vertices', job.graph.vertices.length);
  const record = new RecordContext();
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const timers = { after: () => () => {}, defer: () => {} };
  const logger: any = { log() {}, child() { return logger; } };
  const metrics: any = { group: () => metrics, observe() {}, close() {} };
  const chain = new OperatorChain({ jobId: jobId('0'.repeat(32)), attempt: { epoch: leaderEpoch(1), attempt: 0, vertexId: vertex.id, subtaskIndex: 0 }, job, vertex, services: { files: undefined as any, clock, timers, random: undefined as any, logger }, metrics, processingTime: new ProcessingTimeService(clock, timers, () => {}), record, restored: new Map(), commitRetries: 1, freezeRecords: false, sendSplitRequest: () => {}, partitions: [] });
  await chain.open();
  const s = chain.source!;
  let assigned: any[] = [];
  const src: any = (job.nodes.get(vertex.operators[0].operatorId) as any).spec.source;
  const en = src.createEnumerator({ parallelism: 1, registeredReaders: () => [0], assignSplits: (m: any) => { for (const v of m.values()) s.addSplits(v); }, signalNoMoreSplits: () => s.noMoreSplits(), clock, timers, logger }, undefined);
  en.start(); en.addReader(0); en.handleSplitRequest(0);
  const t0 = performance.now();
  for (let n = 0; ; n++) {
    const p = s.run(1024);
    if (p === 'end') break;
    if (p === 'nothing') await s.available();
    if ((n & 63) === 0) s.periodic();
  }
  s.emitMaxWatermark(); chain.finish();
  return performance.now() - t0;
}
for (const warm of [0, 1, 2, 3, 4, 5, 6, 7]) for (const name of ['stateless', 'keyed', 'window']) { const x = mkrun(name); await runEngine(x.g, x.total); }
for (const name of ['stateless', 'keyed', 'window']) {
  const ratios: string[] = [];
  for (let r = 0; r < 4; r++) {
    const x = mkrun(name);
    const ms = await runEngine(x.g, x.total);
    const t0 = performance.now(); const sum = x.loop(); const lm = performance.now() - t0;
    ratios.push(`${(N / ms / 1000).toFixed(1)}M vs ${(N / lm / 1000).toFixed(1)}M = ${(lm / ms).toFixed(2)} ${sum === x.total.sum}`);
  }
  console.log(name, ratios.join(' | '));
}
