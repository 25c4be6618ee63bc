/**
 * The user's job with its observers: a ledger beside every output of every operator and around every sink, transcripts of process
 * functions, paced sources. The job's own operators, their ids and their chains stay as they are; a ledger runs in the task of its operator.
 */
import { type StreamEdge, type StreamGraph, type StreamNode, type JobProgram, inputCountOf } from '@weir/graph';
import { ObservedSink } from './observed-sink.js';
import type { OutsideWorld } from './outside-world.js';
import { type Pace, pacedSource } from './paced-source.js';
import { isProcessNode } from './reference-process.js';
import { Transcript } from './transcript.js';

export interface Observation {
  readonly world: OutsideWorld;
  readonly pace: Pace;
  readonly chaining: boolean;
  /** Wins over what the job configures. */
  readonly configuration: Readonly<Record<string, string>>;
}

/** The ledger of an operator's output. */
export function outputTap(nodeId: number, side: string | undefined): string {
  return side === undefined ? `output ${nodeId}` : `output ${nodeId} (${side})`;
}
/** The ledger around a sink. */
export function sinkTap(nodeId: number): string {
  return `sink ${nodeId}`;
}

export function observedProgram(program: JobProgram, observation: Observation): JobProgram {
  return { jobName: program.jobName, instantiate: () => observe(program.instantiate(), observation) };
}

function observe(graph: StreamGraph, observation: Observation): StreamGraph {
  const { world, pace, configuration } = observation;
  const nodes: StreamNode[] = [];
  const edges: StreamEdge[] = [...graph.edges];
  let nextId = Math.max(...graph.nodes.map(({ id }) => id)) + 1;
  for (const original of graph.nodes) {
    const transcript = new Transcript();
    const node = { ...observedNode(original, world, pace, transcript), uid: original.uid ?? `operator ${original.id}`, chaining: chainingOf(original, graph, observation) };
    nodes.push(node);
    if (node.spec.kind === 'sink') continue;
    const sides = new Set(graph.edges.filter(({ sourceId, sideOutputId }) => sourceId === node.id && sideOutputId !== undefined).map(({ sideOutputId }) => sideOutputId));
    for (const side of [undefined, ...sides]) {
      const tap = outputTap(node.id, side);
      const sink = new ObservedSink({ world, tap, ...(side === undefined && isProcessNode(original) ? { transcript } : {}) });
      nodes.push({
        id: nextId, name: tap, uid: tap, spec: { kind: 'sink', sink }, parallelism: node.parallelism, maxParallelism: undefined,
        slotSharingGroup: node.slotSharingGroup, chaining: 'always', keySelectors: [], outputType: undefined,
      });
      edges.push({ sourceId: node.id, targetId: nextId++, inputIndex: 0, partitioner: { kind: 'forward' }, sideOutputId: side });
    }
  }
  return { jobName: graph.jobName, nodes, edges, configuration: { ...graph.configuration, ...configuration } };
}

function observedNode(node: StreamNode, world: OutsideWorld, pace: Pace, transcript: Transcript): StreamNode {
  const { spec } = node;
  if (spec.kind === 'source') return { ...node, spec: { ...spec, source: pacedSource(spec.source, pace) } };
  if (spec.kind === 'sink') return { ...node, spec: { kind: 'sink', sink: new ObservedSink({ world, tap: sinkTap(node.id), inner: spec.sink }) } };
  return transcript.observe(node);
}

/** Only ledgers follow an operator that nothing may follow: what comes next starts a chain of its own. */
function chainingOf(node: StreamNode, graph: StreamGraph, { chaining }: Observation): StreamNode['chaining'] {
  if (inputCountOf(node.spec) === 0) return node.chaining === 'never' ? 'head' : node.chaining;
  const behindNever = graph.edges.some(({ sourceId, targetId }) => targetId === node.id && graph.nodes.find(({ id }) => id === sourceId)?.chaining === 'never');
  return !chaining || behindNever || node.chaining === 'never' ? 'head' : node.chaining;
}
