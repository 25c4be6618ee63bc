/** Makes the planned faults happen to a world, and heals it in the end. */
import type { SeededRandom } from '@weir/ports';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import type { FaultTarget } from './fault-target.js';
import { type AimPoint, type Fault, type FaultClass } from './faults.js';
import type { OutsideWorld } from './outside-world.js';

const FAULT_RANK = 2;

const WRITING: ReadonlySet<string> = new Set(['create', 'createExclusive', 'write', 'sync', 'rename', 'makeDirectory', 'syncDirectory']);
const READING: ReadonlySet<string> = new Set(['read', 'list', 'stat']);

export class FaultDriver {
  /** Faults that really happened, by class. */
  readonly happened = new Map<FaultClass, number>();
  /** The same, one by one. */
  readonly struck = new Set<Fault>();
  /** File operations that were made to fail. */
  diskErrors = 0;
  private target: FaultTarget | undefined;
  private readonly counts = new Map<AimPoint, number>();
  private diskFaults: Extract<Fault, { class: 'disk-error' }>[] = [];
  private slowDiskMs = 0;
  private healed = false;
  private looking = 0;
  private listener: (fault: Fault) => void = () => undefined;
  private pointListener: (point: AimPoint) => void = () => undefined;

  constructor(private readonly world: SimulatedWorld, private readonly outside: OutsideWorld, private readonly plan: readonly Fault[], private readonly random: SeededRandom, safetyPhaseMs: number) {
    for (const fault of plan) if (fault.class === 'delay') this.count(fault);
    for (const fault of plan) if ('time' in fault && 'atMs' in fault.time) this.after(fault.time.atMs, fault.class, () => this.strike(fault));
    outside.onPoint((point) => this.reached(point));
    world.files.failWhen((operation, path) => this.fileFault(operation, path));
    this.after(safetyPhaseMs, 'heal', () => this.heal());
  }

  /** Told of each fault that happens. */
  onStrike(listener: (fault: Fault) => void): void {
    this.listener = listener;
  }
  /** Told of each point that is reached. */
  onPoint(listener: (point: AimPoint) => void): void {
    this.pointListener = listener;
  }
  /** What faults are to hit. */
  attach(target: FaultTarget): void {
    this.target = target;
  }
  /** Looks at the disk from outside of the cluster: nothing goes wrong meanwhile. */
  async unharmed<T>(look: () => Promise<T>): Promise<T> {
    this.looking++;
    try {
      return await look();
    } finally {
      this.looking--;
    }
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
    this.pointListener(point);
    for (const fault of this.plan) {
      if (!('time' in fault) || !('point' in fault.time) || fault.time.point !== point || fault.time.occurrence !== occurrence) continue;
      this.after(fault.time.plusMs, fault.class, () => this.strike(fault));
    }
  }

  private strike(fault: Fault): void {
    const { target } = this;
    if (this.healed || target?.alive !== true) return;
    switch (fault.class) {
      case 'task-failure':
        this.outside.arm(fault.where);
        break;
      case 'disk-error':
        this.diskFaults.push(fault);
        this.after(fault.forMs, 'disk works again', () => { this.diskFaults = this.diskFaults.filter((other) => other !== fault); });
        break;
      case 'slow-disk':
        this.slowDiskMs = fault.upToMs;
        this.after(fault.forMs, 'disk is fast again', () => { this.slowDiskMs = 0; });
        break;
      case 'delay': case 'rescale':
        return; // these hold from the start of a world or a life
      default:
        if (!target.strike(fault, (delayMs, label, action) => this.after(delayMs, label, action))) return;
    }
    this.count(fault);
  }

  private fileFault(operation: string, path: string): ReturnType<Parameters<SimulatedWorld['files']['failWhen']>[0] & object> {
    if (this.looking > 0) return undefined;
    if (operation === 'createExclusive' && path.endsWith('/_metadata')) this.reached('checkpoint-storing');
    const due = this.diskFaults.find(({ share }) => (WRITING.has(operation) || READING.has(operation)) && this.random.chance(share));
    if (due === undefined) return undefined;
    this.diskErrors++;
    if (READING.has(operation)) return 'io';
    return this.random.chance(0.3) ? { failure: due.failure, applied: true } : due.failure;
  }

  /** From now on nothing is in the job's way. */
  private heal(): void {
    this.healed = true;
    this.target?.heal();
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
    this.listener(fault);
    this.happened.set(fault.class, (this.happened.get(fault.class) ?? 0) + 1);
  }
}
