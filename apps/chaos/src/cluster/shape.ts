/** What a cluster under test consists of. */
export interface ClusterShape {
  readonly jobManagers: number;
  readonly taskManagers: number;
  /** Of each TaskManager. */
  readonly slots: number;
  /** 1, or 3 for a group with replicated streams. */
  readonly natsServers: 1 | 3;
  /** Configuration of JobManagers and TaskManagers, text by key. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Environment of members, by id, role or `*`: preloaded libraries and the like. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Niceness of all processes. */
  readonly nice?: number;
}

export const SMALL: ClusterShape = { jobManagers: 2, taskManagers: 2, slots: 2, natsServers: 1 };
