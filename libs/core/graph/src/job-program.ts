/** A job as the runtime gets it: a name and a way to build its graph afresh. */
import type { StreamGraph } from './stream-graph.js';

export interface JobProgram {
  readonly jobName: string;
  /** Builds the graph with function objects of its own, so that no two subtasks share one. Every call gives the same structure. */
  instantiate(): StreamGraph;
}
