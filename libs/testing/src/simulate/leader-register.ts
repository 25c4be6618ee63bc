/** The cluster's leader register under virtual time: each process reaches it through its own life, and it can be as wrong as a register may be. */
import { type LeaderRegister, MemoryLeaderRegister, type RegisterOperation, type SeededRandom, type Subscription } from '@weir/ports';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import type { RegisterTrouble } from './faults.js';

const HINT_LOST_SHARE = 0.2;
const HINT_DELAY_MS = 50;
/** Longer than any lease. */
const SLOW_MS = 20_000;

export class SimulatedLeaderRegister {
  private readonly memory = new MemoryLeaderRegister();
  private trouble: { readonly how: 'unreachable' | 'applied' | 'stale' | 'slow'; readonly share: number } | undefined;

  constructor(private readonly random: SeededRandom, private readonly seen: (what: string) => void) {
    this.memory.fault = (operation) => this.fault(operation);
  }

  /** The leader's node, as nobody can fail to see it. */
  get leader(): string | undefined {
    return this.memory.current?.value.leader;
  }

  /** As one life of a process sees it. */
  through(node: SimulatedNode): LeaderRegister {
    const own = this.memory.as(node.name);
    return {
      read: () => this.inTime(node, 'read leader', () => own.read()),
      compareAndSet: (version, value) => this.inTime(node, 'set leader', async () => {
        const outcome = await own.compareAndSet(version, value);
        if (outcome === 'conflict') this.seen('register conflict');
        return outcome;
      }),
      clear: (version) => this.inTime(node, 'clear leader', () => own.clear(version)),
      watch: (listener) => this.watch(node, listener),
    };
  }

  /** Until `end`, or at once. */
  suffer(how: RegisterTrouble, share: number): void {
    if (how === 'lost') this.memory.lose();
    else if (how === 'back') this.memory.goBack(1 + this.random.nextInt(5));
    else this.trouble = { how, share };
  }

  end(): void {
    this.trouble = undefined;
  }

  /** Slow is either way: before the operation takes effect, and before its answer comes. */
  private async inTime<T>(node: SimulatedNode, label: string, operation: () => Promise<T>): Promise<T> {
    const slow = async (): Promise<void> => {
      if (this.trouble?.how !== 'slow' || !this.random.chance(this.trouble.share)) return;
      const ms = this.random.next() ** 2 * SLOW_MS;
      if (ms > 15_000) this.seen('register slower than a lease');
      await new Promise<void>((resolve) => void node.timers.after(ms, resolve));
    };
    await slow();
    const answer = await node.outside(label, operation);
    await slow();
    return answer;
  }

  private fault(operation: RegisterOperation): ReturnType<MemoryLeaderRegister['fault']> {
    const { trouble } = this;
    if (trouble === undefined || !this.random.chance(trouble.share)) return undefined;
    if (trouble.how === 'slow' || (trouble.how === 'stale' && operation !== 'read')) return undefined;
    this.seen(`register ${operation} ${trouble.how}`);
    return trouble.how;
  }

  /** Hints come late or not at all, and not to the dead. */
  private watch(node: SimulatedNode, listener: () => void): Subscription {
    return this.memory.watch(() => {
      if (!node.alive || this.random.chance(HINT_LOST_SHARE)) return;
      node.timers.after(this.random.next() * HINT_DELAY_MS, listener);
    });
  }
}
