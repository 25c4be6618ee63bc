import { ByteReader, ByteWriter } from '@weir/base';
import { SeededRandom } from '@weir/ports';
import { InputChannel, RecordContext, ResultPartition } from '@weir/task/internal';
import { inferType } from '@weir/types';
import { readings, DISTINCT, type Reading } from './records.js';
const records = readings();
const N = 3_000_000;
function cpu<T>(name: string, f: () => T) { f(); globalThis.gc?.(); const best: number[] = []; for (let r = 0; r < 5; r++) { const c = process.cpuUsage(); f(); const u = process.cpuUsage(c); best.push((u.user + u.system) / 1000 / N * 1e6); } console.log(name, best.map((x) => x.toFixed(0)).join(' '), 'ns/record'); }
cpu('codec alone', () => {
  const type = inferType(records.slice(0, 256)); const e = type.createColumnarCodec(), d = type.createColumnarCodec(); const out = new ByteWriter(32768); const into: unknown[] = []; let sum = 0;
  for (let i = 0; i < N; i += 160) { const s = i % (DISTINCT - 160); out.reset(); e.encode(records.slice(s, s + 160), 160, out); d.decode(new ByteReader(out.view8()), into); for (let k = 0; k < 160; k++) sum += (into[k] as Reading).id + (into[k] as Reading).text.length; }
  return sum; });
cpu('encode', () => {
  const type = inferType(records.slice(0, 256)); const e = type.createColumnarCodec(); const out = new ByteWriter(32768);
  for (let i = 0; i < N; i += 160) { const s = i % (DISTINCT - 160); out.reset(); e.encode(records.slice(s, s + 160), 160, out); } });
function chan(consume: boolean, transfer: (b: Uint8Array) => Uint8Array) {
  return () => {
  const handlers = new Map<string, (m: unknown) => void>();
  const conn = { nodeId: 'x', purpose: 'data' as const, publish: (s: string, m: unknown) => { if (s === 'd') m = transfer(m as Uint8Array); handlers.get(s)?.(m); }, publishExpectingReceiver() { }, subscribe: (s: string, h: (m: unknown) => void) => { handlers.set(s, h); return { unsubscribe() { } }; }, onDisconnect: () => ({ unsubscribe() { } }), flush: async () => { }, close: async () => { } };
  const ctx = new RecordContext(); const desc = { fromSubtask: 0, toSubtask: 0, dataSubject: 'd', creditSubject: 'c' };
  const p = new ResultPartition({ edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128, channels: [desc] }, { kind: 'rebalance' }, ctx, { frameRecords: 256, label: 'b', random: new SeededRandom(1), connection: conn, onWritable() { }, encoding: { operatorName: 'b', frameBytes: 16384, type: undefined, onFirstFallback() { } } });
  const ch = new InputChannel(0, 0, 0, desc, conn, 8, () => undefined, (e) => { throw e; }, true);
  ch.open(); let sum = 0;
  for (let i = 0; i < N; i++) { const r = records[i % DISTINCT]; ctx.timestamp = r.at; p.input.collect(r);
    while (ch.readable) { if (!consume) { (ch as unknown as { queue: unknown[]; consumed: number; granted: number }).queue.length = 0; (ch as any).grant(); continue; } const f = ch.take(); if (f.kind === 'data') for (let k = 0; k < f.count; k++) sum += (f.values[k] as Reading).id + (f.values[k] as Reading).text.length; } }
  return sum; };
}
cpu('channel encode only', chan(false, (b) => b));
cpu('channel', chan(true, (b) => b));
cpu('channel + 2 copies', chan(true, (b) => new Uint8Array(new Uint8Array(b))));
