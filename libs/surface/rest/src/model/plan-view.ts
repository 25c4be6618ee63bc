/** A plan as Flink's JSON plan: vertices in topological order, edges by vertex id, because the dashboard draws from them. */
import { createHash } from 'node:crypto';
import type { JobPlan, PlanInput, PlanNode } from '@weir/graph';
import type { Input, Plan, PlanNode as PlanNodeView } from '../generated/schemas.js';

/** `jid` is empty text for a job that does not exist yet. */
export function planView(plan: JobPlan, jid: string): Plan {
  return { jid, name: plan.name, type: 'STREAMING', nodes: plan.nodes.map((node) => nodeView(node)) };
}

function nodeView(node: PlanNode): PlanNodeView {
  return {
    id: node.id,
    parallelism: node.parallelism,
    operator: '',
    operator_strategy: '',
    description: node.name,
    ...(node.inputs.length === 0 ? {} : { inputs: node.inputs.map(inputView) }),
    optimizer_properties: {},
  };
}

function inputView(input: PlanInput): Input {
  return { num: input.inputIndex, id: input.id, ship_strategy: input.shipStrategy, exchange: 'pipelined_bounded' };
}

/** 32 hexadecimal digits for a name: slot sharing groups have names here and ids in Flink. */
export function hexOfName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
