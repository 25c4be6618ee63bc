/** Many keys with some hundred bytes each, for a state backend on disk. Each key's state is a chain over its values: an update that is lost or doubled shows for ever. */
import { FileSink } from '@weir/connector-file';
import {
  defineJob, KeyedProcessFunction, param, stateDescriptor, types, WatermarkStrategy, type Collector, type KeyedProcessContext, type MapState, type RuntimeContext, type ValueState,
} from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { BALLAST, chained, LARGE_STATE_EVERY } from '../input/chain.js';
import { eventOf, type Event } from '../input/events.js';
import { PacedSource } from './paced-source.js';

const params = { output: param.string(), originMs: param.number(), perSecond: param.number(), splits: param.integer(), keys: param.integer(), events: param.integer() };

const held = types.row({ chain: types.double, count: types.int, ballast: types.string });

interface ChainLine {
  readonly k: string;
  readonly s: number;
  readonly c: number;
  readonly h: number;
  /** Events of this one's kind. */
  readonly p: number;
}

class Chain extends KeyedProcessFunction<string, Event, ChainLine> {
  private state!: ValueState<{ readonly chain: number; readonly count: number; readonly ballast: string }>;
  private kinds!: MapState<string, number>;

  override open(context: RuntimeContext): void {
    this.state = context.getState(stateDescriptor.value('chain', held));
    this.kinds = context.getMapState(stateDescriptor.map('kinds', types.string, types.int));
  }

  override processElement({ key, seq, value, kind }: Event, _context: KeyedProcessContext<string>, out: Collector<ChainLine>): void {
    const before = this.state.value();
    const chain = chained(before?.chain ?? 0, value);
    const count = (before?.count ?? 0) + 1;
    const ofKind = (this.kinds.get(kind) ?? 0) + 1;
    this.state.update({ chain, count, ballast: key.padEnd(BALLAST, '.') });
    this.kinds.put(kind, ofKind);
    if (seq % LARGE_STATE_EVERY === 0) out.collect({ k: key, s: seq, c: count, h: chain, p: ofKind });
  }
}

export default defineJob('chaos large state', { params }, (env, input) => {
  env.configure('state.backend.type', 'leveldb');
  const source = new PacedSource('events', input.splits, input.events, { originMs: input.originMs, perSecond: input.perSecond }, (split, index) => eventOf(input, split, index));
  env.fromSource(source, WatermarkStrategy.noWatermarks<Event>(), 'events').uid('events')
    .keyBy((it) => it.key).process(new Chain()).name('chain').uid('chain')
    .sinkTo(FileSink.forRowFormat(`${input.output}/lines`, jsonLines<ChainLine>()).build()).uid('out');
});
