/** Where side outputs of one operator go. A tag that nobody listens to is dropped. */
import type { Input } from './operator.js';

export class SideOutputs {
  private readonly outputs = new Map<string, Input>();
  private readonly counts = new Map<string, number>();

  connect(tagId: string, input: Input): void {
    this.outputs.set(tagId, input);
  }
  /** True when somebody listens to this tag. */
  has(tagId: string): boolean {
    return this.outputs.has(tagId);
  }
  collect(tagId: string, value: unknown): void {
    const output = this.outputs.get(tagId);
    if (output === undefined) return;
    this.counts.set(tagId, this.emitted(tagId) + 1);
    output.collect(value);
  }
  /** Records sent to this tag. */
  emitted(tagId: string): number {
    return this.counts.get(tagId) ?? 0;
  }
  /** Side outputs share the operator's time. */
  inputs(): Input[] {
    return [...this.outputs.values()];
  }
}
