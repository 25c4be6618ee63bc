/** The plan of a job for people and their tools: which operators run together, and how records travel between them. */
import type { OperatorId, VertexId } from '@weir/base';
import type { CompiledJob, JobEdge, JobVertex } from './job-graph.js';
import type { Partitioner } from './operator-spec.js';

/** Names as Flink prints them. */
export type ShipStrategy = Uppercase<Partitioner['kind']>;

export interface JobPlan {
  readonly name: string;
  readonly nodes: readonly PlanNode[];
}
export interface PlanNode {
  readonly id: VertexId;
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly slotSharingGroup: string;
  /** The chain, the head first. */
  readonly operators: readonly PlanOperator[];
  readonly inputs: readonly PlanInput[];
}
export interface PlanOperator {
  readonly id: OperatorId;
  readonly name: string;
  readonly uid?: string;
  readonly kind: string;
  readonly stateful: boolean;
  /** Operators of the same chain that get its records, by index. */
  readonly feeds: readonly { readonly operatorIndex: number; readonly sideOutput?: string }[];
}
export interface PlanInput {
  /** The node that sends. */
  readonly id: VertexId;
  readonly operatorIndex: number;
  readonly inputIndex: number;
  readonly shipStrategy: ShipStrategy;
  readonly sideOutput?: string;
}

/** The plan as JSON. */
export function describePlan(compiled: CompiledJob): JobPlan {
  const { graph } = compiled;
  return { name: graph.jobName, nodes: graph.vertices.map((vertex) => planNode(vertex, graph.edges)) };
}

function planNode(vertex: JobVertex, edges: readonly JobEdge[]): PlanNode {
  return {
    id: vertex.id,
    name: vertex.name,
    parallelism: vertex.parallelism,
    maxParallelism: vertex.maxParallelism,
    slotSharingGroup: vertex.slotSharingGroup,
    operators: vertex.operators.map((operator) => ({
      id: operator.operatorId,
      name: operator.name,
      ...(operator.uid === undefined ? {} : { uid: operator.uid }),
      kind: operator.kind,
      stateful: operator.stateful,
      feeds: operator.outputs.map((output) => ({ operatorIndex: output.targetIndex, ...sideOutput(output.sideOutputId) })),
    })),
    inputs: edges
      .filter((edge) => edge.targetVertex === vertex.id)
      .map((edge) => ({
        id: edge.sourceVertex,
        operatorIndex: edge.sourceOperatorIndex,
        inputIndex: edge.inputIndex,
        shipStrategy: edge.partitioner.toUpperCase() as ShipStrategy,
        ...sideOutput(edge.sideOutputId),
      })),
  };
}

function sideOutput(id: string | undefined): { sideOutput?: string } {
  return id === undefined ? {} : { sideOutput: id };
}

/** The plan as text for a terminal: one block per vertex with its inputs, and its chain as a tree. */
export function formatPlan(plan: JobPlan): string {
  const numbers = new Map(plan.nodes.map((node, index) => [node.id, index + 1]));
  const lines = [plan.name];
  plan.nodes.forEach((node, index) => {
    const group = node.slotSharingGroup === 'default' ? '' : `, slots ${node.slotSharingGroup}`;
    lines.push(`[${index + 1}] parallelism ${node.parallelism}${group}`);
    for (const input of node.inputs) {
      const sender = plan.nodes.find((other) => other.id === input.id)?.operators[input.operatorIndex].name ?? '';
      const which = node.inputs.some((other) => other.inputIndex > 0) ? ` input ${input.inputIndex + 1}` : '';
      const side = input.sideOutput === undefined ? '' : ` (side output ${input.sideOutput})`;
      lines.push(`    <- ${input.shipStrategy} from [${numbers.get(input.id)}] ${sender}${side}${which}`);
    }
    lines.push(...chainLines(node, 0, '    ', '    ', undefined));
  });
  return `${lines.join('\n')}\n`;
}

function chainLines(node: PlanNode, index: number, indent: string, below: string, side: string | undefined): string[] {
  const operator = node.operators[index];
  const uid = operator.uid === undefined ? '' : ` #${operator.uid}`;
  const lines = [`${indent}${operator.name}${uid}${side === undefined ? '' : ` (side output ${side})`}`];
  operator.feeds.forEach((feed, i) => {
    const last = i === operator.feeds.length - 1;
    lines.push(
      ...chainLines(node, feed.operatorIndex, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, feed.sideOutput),
    );
  });
  return lines;
}
