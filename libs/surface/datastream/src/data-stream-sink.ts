/** The end of a stream, which may still be named and tuned. */
import type { StreamNode } from '@weir/graph';
import { setNodeMaxParallelism, setNodeName, setNodeParallelism, setNodeSlotSharingGroup, setNodeUid } from './operator-settings.js';

export class DataStreamSink<T> {
  /** Carries `T` for inference only. */
  declare readonly _elementType?: (value: T) => void;
  constructor(/** @internal */ readonly node: StreamNode) {}

  /** For plans, metrics and messages. */
  name(name: string): this {
    setNodeName(this.node, name);
    return this;
  }
  /** Identity of the sink's state, stable while the job changes; unique in the job. */
  uid(uid: string): this {
    setNodeUid(this.node, uid);
    return this;
  }
  setParallelism(parallelism: number): this {
    setNodeParallelism(this.node, parallelism);
    return this;
  }
  setMaxParallelism(maxParallelism: number): this {
    setNodeMaxParallelism(this.node, maxParallelism);
    return this;
  }
  slotSharingGroup(group: string): this {
    setNodeSlotSharingGroup(this.node, group);
    return this;
  }
  disableChaining(): this {
    this.node.chaining = 'never';
    return this;
  }
}
