/**
 * The growing graph behind an environment: nodes and edges in the order of creation.
 *
 * B1: ids count from 1 and an edge's source is always older than its target, so what is built here has no cycle.
 * B2: `take` gives what was added since the last `take`, and everything that it reads from; the rest of an environment stays usable.
 */
import type { KeySelector } from '@weir/functions';
import type { OperatorSpec, StreamEdge, StreamGraph, StreamNode, StreamPartitioner, Value } from '@weir/graph';
import type { TypeInformation } from '@weir/types';

/** Where records come from: the main output or a side output of a node, and how they are to be partitioned. */
export interface OutputPort {
  readonly node: StreamNode;
  readonly sideOutputId: string | undefined;
  readonly partitioner: StreamPartitioner;
}

export interface NodeDefaults {
  readonly parallelism: number | undefined;
  readonly maxParallelism: number | undefined;
  readonly chainingEnabled: boolean;
}

export interface NodeDraft {
  readonly name: string;
  readonly spec: OperatorSpec;
  /** Ports of input 0, then of input 1. */
  readonly inputs: readonly (readonly OutputPort[])[];
  readonly keySelectors?: readonly (KeySelector<Value, Value> | undefined)[];
  readonly outputType?: TypeInformation<Value> | undefined;
}

/** The slot-sharing group of a node whose user gave none, until `take` resolves it. */
const UNSET_GROUP = '';
export const DEFAULT_SLOT_SHARING_GROUP = 'default';

export class GraphBuilder {
  private readonly nodes: StreamNode[] = [];
  private readonly edges: StreamEdge[] = [];
  private readonly fresh = new Set<number>();

  add(draft: NodeDraft): StreamNode {
    const node: StreamNode = {
      id: this.nodes.length + 1, // B1
      name: draft.name,
      uid: undefined,
      spec: draft.spec,
      parallelism: undefined,
      maxParallelism: undefined,
      slotSharingGroup: UNSET_GROUP,
      chaining: 'always',
      keySelectors: draft.keySelectors ?? [],
      outputType: draft.outputType,
    };
    this.nodes.push(node);
    this.fresh.add(node.id);
    draft.inputs.forEach((ports, inputIndex) => {
      for (const port of ports) {
        this.edges.push(
          { sourceId: port.node.id, targetId: node.id, inputIndex, partitioner: port.partitioner, sideOutputId: port.sideOutputId },
        );
      }
    });
    return node;
  }

  /** The graph of what is new (B2), with the environment's defaults filled in. `forget` starts the next job. */
  take(jobName: string, defaults: NodeDefaults, configuration: Readonly<Record<string, string>>, forget: boolean): StreamGraph {
    const needed = this.withAncestors();
    if (forget) this.fresh.clear();
    const groups = new Map<number, string>();
    const nodes = this.nodes
      .filter((node) => needed.has(node.id))
      .map((node) => {
        const slotSharingGroup = this.slotSharingGroupOf(node, groups);
        groups.set(node.id, slotSharingGroup);
        return {
          ...node,
          slotSharingGroup,
          parallelism: node.parallelism ?? defaults.parallelism,
          maxParallelism: node.maxParallelism ?? defaults.maxParallelism,
          chaining: defaults.chainingEnabled ? node.chaining : ('never' as const),
        };
      });
    return { jobName, nodes, edges: this.edges.filter((edge) => needed.has(edge.targetId)), configuration };
  }

  private withAncestors(): ReadonlySet<number> {
    const needed = new Set(this.fresh);
    for (let id = this.nodes.length; id >= 1; id--) {
      if (!needed.has(id)) continue;
      for (const edge of this.edges) if (edge.targetId === id) needed.add(edge.sourceId);
    }
    return needed;
  }

  /** Its own, else the one that all its inputs share, else the default (as in Flink's StreamGraphGenerator). */
  private slotSharingGroupOf(node: StreamNode, groups: ReadonlyMap<number, string>): string {
    if (node.slotSharingGroup !== UNSET_GROUP) return node.slotSharingGroup;
    const inherited = new Set(this.edges.filter((edge) => edge.targetId === node.id).map((edge) => groups.get(edge.sourceId)));
    const [only] = inherited;
    return inherited.size === 1 && only !== undefined ? only : DEFAULT_SLOT_SHARING_GROUP;
  }
}
