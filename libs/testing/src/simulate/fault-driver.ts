/** Makes the planned faults happen to a world, and heals it in the end. */
import type { SeededRandom } from '@weir/ports';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import { type AimPoint, type Fault, type FaultClass, SAFETY_PHASE_MS } from './faults.js';
import type { OutsideWorld } from './outside-world.js';
import { PROCESS, type SimulatedProcess } from './simulated-process.js';

const FAULT_RANK = 2;

export type Crash = 'process-crash' | 'power-cut';
const WRITING: ReadonlySet<string> = new Set(['create', 'createExclusive', 'write', 'sync', 'rename', 'makeDirectory', 'syncDirectory']);

export class FaultDriver {
  /** Faults that really happened, by class. */
  readonly happened = new Map<FaultClass, number>();
  /** The same, one by one. */
  readonly struck = new Set<Fault>();
  /** The process is to die now; whoever runs it sees to that. */
  crashDue: Crash | undefined;
  /** File operations that were made to fail. */
  diskErrors = 0;
  private process: SimulatedProcess | undefined;
  private readonly counts = new Map<AimPoint, number>();
  private diskFaults: Extract<Fault, { class: 'disk-error' }>[] = [];
  private slowDiskMs = 0;
  private healed = false;

  constructor(private readonly world: SimulatedWorld, private readonly outside: OutsideWorld, private readonly plan: readonly Fault[], private readonly random: SeededRandom) {
    for (const fault of plan) if (fault.class === 'delay') this.count(fault);
    for (const fault of plan) if ('time' in fault && 'atMs' in fault.time) this.after(fault.time.atMs, fault.class, () => this.strike(fault));
    outside.onPoint((point) => this.reached(point));
    world.files.failWhen((operation) => this.fileFault(operation));
    this.after(SAFETY_PHASE_MS, 'heal', () => this.heal());
  }

  /** The life that faults are to hit. */
  attach(process: SimulatedProcess): void {
    this.process = process;
  }
  diskDelayMs(): number {
    return this.slowDiskMs === 0 ? 0 : this.random.next() * this.slowDiskMs;
  }
  /** Default parallelism of a life of the job, from 0. */
  parallelismOf(life: number, usual: number): number {
    for (const fault of this.plan) {
      if (fault.class !== 'rescale' || fault.life !== life) continue;
      this.count(fault);
      return fault.parallelism;
    }
    return usual;
  }

  /** Something that faults may be aimed at happens now. */
  reached(point: AimPoint): void {
    const occurrence = (this.counts.get(point) ?? 0) + 1;
    this.counts.set(point, occurrence);
    for (const fault of this.plan) {
      if (!('time' in fault) || !('point' in fault.time) || fault.time.point !== point || fault.time.occurrence !== occurrence) continue;
      this.after(fault.time.plusMs, fault.class, () => this.strike(fault));
    }
  }

  private strike(fault: Fault): void {
    const { process, world } = this;
    if (this.healed || process?.node.alive !== true) return;
    this.count(fault);
    switch (fault.class) {
      case 'task-failure':
        this.outside.arm(fault.where);
        return;
      case 'process-crash': case 'power-cut':
        this.crashDue = fault.class;
        return;
      case 'disconnect':
        world.disconnect('tm-1/data');
        return;
      case 'silent-loss':
        process.transport.loseSilently(fault.forMs, fault.toldAfterMs);
        return;
      case 'partition': case 'control-partition':
        if (fault.class === 'partition') world.partition('tm-1/data', 'tm-1/data');
        else world.partition('jm/control', 'tm-1/control');
        this.after(fault.forMs, 'partition over', () => world.heal());
        return;
      case 'pause':
        world.pause(PROCESS);
        this.after(fault.forMs, 'pause over', () => { if (process.node.alive) world.resume(PROCESS); });
        return;
      case 'disk-error':
        this.diskFaults.push(fault);
        this.after(fault.forMs, 'disk works again', () => { this.diskFaults = this.diskFaults.filter((other) => other !== fault); });
        return;
      case 'slow-disk':
        this.slowDiskMs = fault.upToMs;
        this.after(fault.forMs, 'disk is fast again', () => { this.slowDiskMs = 0; });
        return;
      case 'clock-jump':
        process.node.stepWallClock(fault.byMs);
        return;
      case 'delay': case 'rescale':
        return; // these hold from the start of a world or a life
    }
  }

  private fileFault(operation: string): ReturnType<Parameters<SimulatedWorld['files']['failWhen']>[0] & object> {
    const due = this.diskFaults.find(({ share }) => (WRITING.has(operation) || operation === 'read') && this.random.chance(share));
    if (due === undefined) return undefined;
    this.diskErrors++;
    if (operation === 'read') return 'io';
    return this.random.chance(0.3) ? { failure: due.failure, applied: true } : due.failure;
  }

  /** From now on nothing is in the job's way. */
  private heal(): void {
    this.healed = true;
    this.world.heal();
    this.outside.disarm();
    this.diskFaults = [];
    this.slowDiskMs = 0;
  }

  /** Behind all else of that moment: a fault that hits nothing changes nothing. */
  private after(delayMs: number, label: string, action: () => void): void {
    this.world.after(delayMs, label, action, FAULT_RANK);
  }

  private count(fault: Fault): void {
    this.struck.add(fault);
    this.happened.set(fault.class, (this.happened.get(fault.class) ?? 0) + 1);
  }
}
