/** What every simulated history has, wherever its cluster lives: world, outside, faults, the observed job, and what was found. */
import type { JobId } from '@weir/base';
import type { JobStatus } from '@weir/cluster';
import type { JobProgram, StreamGraph } from '@weir/graph';
import type { SeededRandom } from '@weir/ports';
import { macrotask } from '../simulation/event-loop.js';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import type { FaultDriver } from './fault-driver.js';
import type { Fault, StateBackendType } from './faults.js';
import type { OutsideWorld } from './outside-world.js';
import type { Sightings } from './sightings.js';

/** Once faults have stopped the job must end within this time. */
export const LIVENESS_PHASE_MS = 300_000;

export interface StageParts {
  readonly world: SimulatedWorld;
  readonly outside: OutsideWorld;
  readonly driver: FaultDriver;
  readonly random: SeededRandom;
  /** With its observers. */
  readonly program: JobProgram;
  /** The user's own. */
  readonly graph: StreamGraph;
  /** Default parallelism of the first life. */
  readonly parallelism: number;
  /** Of the first life. */
  readonly backend: StateBackendType;
  readonly jobId: JobId;
  readonly safetyPhaseMs: number;
  readonly livenessMs: number;
  readonly breakAtStep: number | undefined;
  readonly plan: readonly Fault[];
  readonly seed: number;
  readonly sightings: Sightings;
}

export class Stage {
  /** Sentences on what was wrong. */
  readonly problems: string[] = [];
  /** Default parallelisms that were used. */
  readonly parallelisms = new Set<number>();
  /** Times that something of the cluster was killed. */
  lives = 0;
  restarts = 0;
  checkpoints = 0;
  messages = 0;
  /** The history was ended by its user: its output is not whole. */
  cancelled = false;
  /** The history was ended by its user with a drain: its sources have not given all that they have. */
  drained = false;
  /** The wall clock of where the job runs. */
  wallClock: () => number;
  status: () => JobStatus | undefined = () => undefined;

  constructor(readonly parts: StageParts, startMs: number) {
    this.wallClock = () => startMs;
  }

  /** A broadcast gives each subtask a copy: its output depends on the parallelism, which must then stay what it is. */
  get isParallelismFixed(): boolean {
    return this.parts.graph.edges.some(({ partitioner }) => partitioner.kind === 'broadcast');
  }

  /** Lets the world go on until the promise settles or `halted` says so. Throws when it does not within the time for it (I17). */
  async stepUntil(promise: Promise<unknown>, halted: () => boolean = () => false): Promise<void> {
    const { world, safetyPhaseMs, livenessMs, breakAtStep } = this.parts;
    let settled = false;
    const settle = (): void => void (settled = true);
    promise.then(settle, settle);
    await macrotask(); // what needs no time comes first
    const limitMs = Math.max(world.nowMs, safetyPhaseMs) + livenessMs;
    const wentOn = await world.run(() => {
      if (settled || halted()) return true;
      if (world.nowMs > limitMs) throw world.failure('I17: faults have stopped, and the job does not end');
      if (world.steps === breakAtStep) this.stop();
      return false;
    });
    if (!wentOn) throw world.failure('I17: nothing is left to happen, and the job has not ended');
  }

  /** Look at `this.parts.world`, and step on. */
  private stop(): void {
    // eslint-disable-next-line no-debugger
    debugger;
  }
}
