/**
 * What a job means, computed record by record in one place: no tasks, no channels, no checkpoints, no watermarks that travel. It shares the
 * contracts of sources and functions with the engine and none of its code.
 *
 * The meaning: every operator sees all records of its inputs, each one once (as often as there are subtasks behind a broadcast), and none
 * of them late. Event time ends when the input does. That fixes the output of an operator exactly if it does not depend on the order of
 * its records, which is tried out: each operator runs in several legal orders, and is `exact` when all give the same multiset. Where event
 * time may run ahead of records by the watermark strategy's own rule, windows behind it may legally drop them and are not exact either.
 */
import type { JobProgram, StreamEdge, StreamGraph, StreamNode, WindowOperatorSpec } from '@weir/graph';
import { SeededRandom, type FileStore } from '@weir/ports';
import { MAX_WATERMARK, MIN_WATERMARK } from '@weir/time';
import { latenessOf } from './lateness.js';
import { Multiset } from './multiset.js';
import { recordText } from './record-text.js';
import { type Emission, isProcessNode, ReferenceProcess } from './reference-process.js';
import { ReferenceState } from './reference-state.js';
import { drainSource } from './reference-source.js';
import { evaluateWindows } from './reference-windows.js';

/** Records of input 0, then of input 1. */
export type OperatorInputs = readonly (readonly Emission[])[];

/** What an operator must give for its inputs. */
export interface OperatorReading {
  readonly inputs: OperatorInputs;
  readonly outputs: readonly Emission[];
  /** Undefined: any other multiset of outputs is wrong. */
  readonly inexact: string | undefined;
}

type Order = 'event-time' | 'arrival' | 'reversed' | 'shuffled';
interface Execution {
  readonly order: Order;
  /** Function objects that share the records in turn; keys stay together. */
  readonly instances: number;
}
const CANONICAL: Execution = { order: 'event-time', instances: 1 };
const OTHERS: readonly Execution[] = [{ order: 'arrival', instances: 1 }, { order: 'reversed', instances: 1 }, { order: 'shuffled', instances: 1 }, { order: 'event-time', instances: 2 }];

interface Arrival {
  readonly input: number;
  readonly record: Emission;
}

/** An operator that changes the records that it is given, and the first of them. */
export interface Mutation {
  readonly nodeId: number;
  readonly given: string;
  readonly left: string;
}

export class ReferenceInterpreter {
  private readonly graph: StreamGraph;
  private firstMutation: Mutation | undefined;

  constructor(private readonly program: JobProgram, private readonly files: FileStore, private readonly wallClockMs: number) {
    this.graph = program.instantiate();
  }

  /** Found while reading: from there on nothing that was read means anything, for others may hold the same records. */
  get mutation(): Mutation | undefined {
    return this.firstMutation;
  }

  /** Readings of all operators by node id, in topological order. */
  async read(parallelismOf: (nodeId: number) => number): Promise<Map<number, OperatorReading>> {
    const readings = new Map<number, OperatorReading>();
    const late = new Map<number, string>();
    for (const node of topological(this.graph)) {
      const inputs = inputsOf(this.graph.edges, node.id, (id) => readings.get(id)?.outputs ?? [], parallelismOf);
      const upstreamLate = this.graph.edges.filter(({ targetId }) => targetId === node.id).map(({ sourceId }) => late.get(sourceId)).find((reason) => reason !== undefined);
      const given = inputs.flat().map(({ value }) => recordText(value));
      readings.set(node.id, await this.readOperator(node.id, inputs, upstreamLate, (reason) => late.set(node.id, reason)));
      const changed = inputs.flat().findIndex(({ value }, i) => recordText(value) !== given[i]);
      if (changed >= 0) this.firstMutation ??= { nodeId: node.id, given: given[changed], left: recordText(inputs.flat()[changed].value) };
    }
    return readings;
  }

  /** The reading of one operator for inputs that are given. */
  async readOperator(nodeId: number, inputs: OperatorInputs, upstreamLate?: string, isLate?: (reason: string) => void): Promise<OperatorReading> {
    const { spec, name } = this.node(nodeId);
    if (spec.kind === 'source') {
      const records = await drainSource(spec.source, this.files, this.wallClockMs);
      const assigner = spec.watermarks.timestampAssigner;
      const stamped = records.map(({ value, timestamp, side, splitId }) => ({
        value, side, splitId, timestamp: assigner === undefined || side !== undefined ? timestamp : assigner(value, timestamp),
      }));
      const late = latenessOf(name, spec.watermarks, stamped.filter(({ side }) => side === undefined));
      if (late !== undefined) isLate?.(late);
      return { inputs, outputs: stamped, inexact: undefined };
    }
    const outputs = await this.execute(nodeId, inputs, CANONICAL);
    if (spec.kind === 'timestamps') {
      const late = latenessOf(name, spec.watermarks, outputs.map(({ timestamp }) => ({ timestamp, splitId: '' })), 'in any order');
      if (late !== undefined) isLate?.(late);
    } else if (upstreamLate !== undefined) isLate?.(upstreamLate);
    if (spec.kind === 'window' && spec.assigner.timeDomain === 'processing-time') return { inputs, outputs, inexact: 'its windows are of processing time' };
    if (spec.kind === 'window' && upstreamLate !== undefined) return { inputs, outputs, inexact: upstreamLate };
    const expected = Multiset.of(outputs);
    for (const execution of isProcessNode(this.node(nodeId)) || spec.kind === 'window' ? OTHERS : []) {
      const other = Multiset.of(await this.execute(nodeId, inputs, execution));
      if (!other.equals(expected)) return { inputs, outputs, inexact: 'its output depends on the order of its records' };
    }
    return { inputs, outputs, inexact: undefined };
  }

  /** True when the same records in the same order give the same output twice. */
  async isRepeatable(nodeId: number, inputs: OperatorInputs): Promise<boolean> {
    const [first, second] = [await this.execute(nodeId, inputs, CANONICAL), await this.execute(nodeId, inputs, CANONICAL)];
    return Multiset.of(first).equals(Multiset.of(second));
  }

  /** The first record whose key is another one when it is asked for again. */
  unstableKey(nodeId: number, inputs: OperatorInputs): { readonly value: unknown; readonly keys: readonly [unknown, unknown] } | undefined {
    for (const [input, selector] of this.node(nodeId).keySelectors.entries()) {
      for (const { value } of selector === undefined ? [] : inputs[input] ?? []) {
        const keys = [selector?.(value), selector?.(value)] as const;
        if (recordText(keys[0]) !== recordText(keys[1])) return { value, keys };
      }
    }
    return undefined;
  }

  /** A node with function objects of its own. */
  private node(nodeId: number): StreamNode {
    return this.program.instantiate().nodes.find(({ id }) => id === nodeId) as StreamNode;
  }

  private async execute(nodeId: number, inputs: OperatorInputs, execution: Execution): Promise<Emission[]> {
    const arrivals = inOrder(inputs, execution.order);
    const node = this.node(nodeId);
    const { spec } = node;
    if (isProcessNode(node)) return this.runProcess(nodeId, arrivals, execution);
    if (spec.kind === 'window') {
      return evaluateWindows(node as StreamNode & { readonly spec: WindowOperatorSpec }, arrivals.map(({ record }) => record), this.graph.jobName);
    }
    const rich = spec.kind === 'map' || spec.kind === 'filter' || spec.kind === 'flat-map' ? spec.rich : undefined;
    await rich?.open?.(new ReferenceState().context(this.graph.jobName, node.name));
    const outputs = arrivals.flatMap(({ record }) => stateless(node, record));
    await rich?.close?.();
    return outputs;
  }

  private async runProcess(nodeId: number, arrivals: readonly Arrival[], { order, instances }: Execution): Promise<Emission[]> {
    const processes: ReferenceProcess[] = [];
    for (let i = 0; i < instances; i++) {
      const node = this.node(nodeId);
      if (isProcessNode(node)) processes.push(new ReferenceProcess(node));
    }
    const emissions: Emission[] = [];
    const moment = (timestamp: number, watermark: number) => ({ timestamp, watermark, processingTime: this.wallClockMs });
    const fireUntil = (watermark: number): void => {
      for (const process of processes) {
        for (let [timer] = process.timers('event-time', watermark); timer !== undefined; [timer] = process.timers('event-time', watermark)) {
          emissions.push(...(process.fire(timer, moment(timer.timestamp, watermark)) ?? []));
        }
      }
    };
    for (const process of processes) await process.open(this.graph.jobName);
    let watermark = MIN_WATERMARK;
    for (const [index, { input, record }] of arrivals.entries()) {
      if (order === 'event-time' && record.timestamp - 1 > watermark) fireUntil((watermark = record.timestamp - 1));
      const key = processes[0].keyOf(input, record.value);
      const share = key === undefined ? index : [...recordText(key)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
      emissions.push(...processes[share % instances].element(input, record.value, moment(record.timestamp, watermark)));
    }
    fireUntil(MAX_WATERMARK);
    for (const process of processes) emissions.push(...process.finish(moment(MAX_WATERMARK, MAX_WATERMARK)));
    for (const process of processes) await process.close();
    return emissions;
  }
}

function stateless({ spec, name }: StreamNode, record: Emission): Emission[] {
  const main = (value: unknown): Emission => ({ ...record, value, side: undefined });
  switch (spec.kind) {
    case 'map':
      return [main(spec.fn(record.value))];
    case 'filter':
      return spec.fn(record.value) ? [main(record.value)] : [];
    case 'flat-map': {
      const values: unknown[] = [];
      spec.fn(record.value, { collect: (value) => void values.push(value) });
      return values.map(main);
    }
    case 'timestamps': {
      const { timestampAssigner } = spec.watermarks;
      return [{ ...main(record.value), timestamp: timestampAssigner === undefined ? record.timestamp : timestampAssigner(record.value, record.timestamp) }];
    }
    case 'sink':
      return [];
    default:
      throw new Error(`${name} of kind ${spec.kind} does not work record by record`);
  }
}

function inOrder(inputs: OperatorInputs, order: Order): Arrival[] {
  const arrivals = inputs.flatMap((records, input) => records.map((record): Arrival => ({ input, record })));
  if (order === 'arrival') return arrivals;
  if (order === 'reversed') return arrivals.reverse();
  const byTime = arrivals.sort((a, b) => (a.record.timestamp === b.record.timestamp ? 0 : a.record.timestamp - b.record.timestamp));
  if (order === 'event-time') return byTime;
  const random = new SeededRandom('shuffled');
  for (let i = arrivals.length - 1; i > 0; i--) {
    const j = random.nextInt(i + 1);
    [arrivals[i], arrivals[j]] = [arrivals[j], arrivals[i]];
  }
  return arrivals;
}

/** What reaches an operator when its upstreams give `outputsOf`. */
export function inputsOf(
  edges: readonly StreamEdge[], nodeId: number, outputsOf: (nodeId: number) => readonly Emission[], parallelismOf: (nodeId: number) => number,
): Emission[][] {
  const inputs: Emission[][] = [];
  for (const edge of edges) {
    if (edge.targetId !== nodeId) continue;
    const records = outputsOf(edge.sourceId).filter(({ side }) => side === edge.sideOutputId).map((record): Emission => ({ ...record, side: undefined }));
    const copies = edge.partitioner.kind === 'broadcast' ? parallelismOf(nodeId) : 1;
    for (let copy = 0; copy < copies; copy++) (inputs[edge.inputIndex] ??= []).push(...records);
  }
  return Array.from(inputs, (records) => records ?? []);
}

/** Builders make a node after what it reads from. */
function topological(graph: StreamGraph): StreamNode[] {
  return [...graph.nodes].sort((a, b) => a.id - b.id);
}
