/**
 * A cluster of processes: two JobManagers and some TaskManagers, each a simulated node with the production roles, on one disk and one leader
 * register. Faults kill, pause and separate them; who was killed starts again later.
 */
import { SeededRandom } from '@weir/ports';
import type { ClusterGround } from './cluster-ground.js';
import { type Fault, formatFault } from './faults.js';
import type { FaultTarget, Later } from './fault-target.js';
import { SimulatedJobManager } from './simulated-job-manager.js';
import { SimulatedTaskManager } from './simulated-task-manager.js';

const JOB_MANAGERS = ['jm-1', 'jm-2'];
/** A machine of its own: no fault of the cluster's processes kills it. */
export const CLIENT = 'client';

export interface ClusterShape {
  readonly taskManagers: number;
  /** Of each TaskManager. */
  readonly slots: number;
}

export interface ClusterEvents {
  readonly killed: () => void;
  /** What users do: savepoints and the like. */
  readonly order: (fault: Extract<Fault, { class: 'savepoint' | 'stop-and-resume' | 'drain' | 'cancel' }>) => boolean;
}

export class SimulatedCluster implements FaultTarget {
  private readonly jobManagers = new Map<string, SimulatedJobManager>();
  private readonly taskManagers = new Map<string, SimulatedTaskManager>();
  private readonly paused = new Set<string>();
  private messages = 0;
  private closing = false;

  constructor(private readonly ground: ClusterGround, private readonly seed: number, private readonly shape: ClusterShape, private readonly events: ClusterEvents) {}

  /** Until it is being closed. */
  get alive(): boolean {
    return !this.closing;
  }

  start(): void {
    for (const name of this.names()) this.startNode(name);
  }

  names(): string[] {
    return [...JOB_MANAGERS, ...this.taskManagerNames()];
  }

  /** JobManagers that believe to lead. */
  leaders(): string[] {
    return [...this.jobManagers.values()].filter(({ node, manager }) => node.alive && manager.leads() !== undefined).map(({ node }) => node.name);
  }

  get deliveredMessages(): number {
    return this.messages + [...this.jobManagers.values(), ...this.taskManagers.values()].reduce((sum, { system }) => sum + system.totals().delivered, 0);
  }

  strike(fault: Fault, later: Later): boolean {
    const { world } = this.ground;
    const draw = new SeededRandom(`${this.seed}/victim/${formatFault(fault)}/${Math.floor(world.nowMs)}`);
    switch (fault.class) {
      case 'process-crash': case 'power-cut': {
        const names = this.names();
        for (const name of names) this.kill(name);
        if (fault.class === 'power-cut') world.powerCut(new Set([CLIENT]));
        for (const name of names) this.startLater(name, 3 * 5000 ** draw.next(), later);
        return true;
      }
      case 'task-manager-crash':
        return this.strikeOne(draw.pick(this.taskManagerNames()), fault.restartMs, later);
      case 'job-manager-crash': {
        const { leader } = this.ground.register;
        const victim = fault.who === 'leader' ? leader : JOB_MANAGERS.find((name) => name !== leader);
        return victim !== undefined && this.strikeOne(victim, fault.restartMs, later);
      }
      case 'disconnect':
        return this.withLiving(draw.pick(this.names()), (name) => world.disconnect(name));
      case 'silent-loss':
        return this.withLiving(draw.pick(this.taskManagerNames()), (name) => this.taskManagers.get(name)?.data.loseSilently(fault.forMs, fault.toldAfterMs));
      case 'partition':
        return this.separate(...this.two(draw, this.taskManagerNames()), 'both', fault.forMs, later);
      case 'control-partition':
        return this.separate(draw.pick(JOB_MANAGERS), draw.pick(this.taskManagerNames()), 'both', fault.forMs, later);
      case 'node-partition':
        return this.separate(...this.two(draw, this.names()), fault.direction, fault.forMs, later);
      case 'pause':
        return this.withLiving((fault.who === 'leader' ? this.ground.register.leader : undefined) ?? draw.pick(this.names()), (name) => this.pause(name, fault.forMs, later));
      case 'clock-jump':
        return this.withLiving(draw.pick(this.names()), (name) => world.node(name).stepWallClock(fault.byMs));
      case 'register-fault':
        this.ground.register.suffer(fault.how, fault.share);
        later(fault.forMs, 'register works again', () => this.ground.register.end());
        return true;
      case 'savepoint': case 'stop-and-resume': case 'drain': case 'cancel':
        return this.events.order(fault);
      default:
        return false;
    }
  }

  /** All processes are there, and hear each other. */
  heal(): void {
    const { world, register } = this.ground;
    world.heal();
    register.end();
    for (const name of [...this.paused]) this.resume(name);
    for (const name of this.names()) this.startNode(name);
  }

  /** All of it ends in good order; afterwards nothing of it may be left. */
  async close(): Promise<void> {
    this.closing = true;
    this.ground.world.heal();
    await Promise.all([...this.taskManagers.values()].map((taskManager) => taskManager.close()));
    await Promise.all([...this.jobManagers.values()].map((jobManager) => jobManager.close()));
  }

  /** By name and what is left (I13). */
  leftovers(): Record<string, number> {
    const counts = [...this.jobManagers, ...this.taskManagers].flatMap(([name, one]) => Object.entries(one.leftovers()).map(([what, count]) => [`${name} ${what}`, count] as const));
    return Object.fromEntries(counts.filter(([, count]) => count !== 0));
  }

  private taskManagerNames(): string[] {
    return Array.from({ length: this.shape.taskManagers }, (_, i) => `tm-${i + 1}`);
  }

  private isAlive(name: string): boolean {
    return (this.jobManagers.get(name) ?? this.taskManagers.get(name))?.node.alive === true;
  }

  private startNode(name: string): void {
    if (this.isAlive(name) || this.closing) return;
    if (JOB_MANAGERS.includes(name)) this.jobManagers.set(name, new SimulatedJobManager(this.ground, name));
    else this.taskManagers.set(name, new SimulatedTaskManager(this.ground, name, this.shape.slots));
  }

  private startLater(name: string, delayMs: number, later: Later): void {
    later(delayMs, `start ${name}`, () => this.startNode(name));
  }

  private kill(name: string): void {
    if (!this.isAlive(name)) return;
    const { world } = this.ground;
    this.messages += (this.jobManagers.get(name) ?? this.taskManagers.get(name))?.system.totals().delivered ?? 0;
    this.paused.delete(name);
    world.crash(name);
    this.jobManagers.delete(name);
    this.taskManagers.delete(name);
    this.events.killed();
  }

  private strikeOne(name: string, restartMs: number, later: Later): boolean {
    if (!this.isAlive(name)) return false;
    this.kill(name);
    this.startLater(name, restartMs, later);
    return true;
  }

  private withLiving(name: string, action: (name: string) => void): boolean {
    if (!this.isAlive(name)) return false;
    action(name);
    return true;
  }

  private two(draw: SeededRandom, names: readonly string[]): [string, string] {
    const one = draw.pick(names);
    return [one, draw.pick(names.filter((name) => name !== one))];
  }

  private separate(one: string, other: string, direction: 'both' | 'one-way', forMs: number, later: Later): boolean {
    const { world } = this.ground;
    world.partition(one, other, direction);
    later(forMs, 'partition over', () => world.join(one, other));
    return true;
  }

  private pause(name: string, forMs: number, later: Later): void {
    if (this.paused.has(name)) return;
    const { world } = this.ground;
    const node = world.node(name);
    world.pause(name);
    this.paused.add(name);
    later(forMs, 'pause over', () => { if (node.alive && node.paused) this.resume(name); });
  }

  private resume(name: string): void {
    this.paused.delete(name);
    this.ground.world.resume(name);
  }
}
