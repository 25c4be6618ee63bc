/**
 * Who leads, as seen from a node that does not: the register read at intervals, and at once when it hints at a change. What it says may be old; whoever is
 * addressed by it is fenced by epoch.
 */
import type { ActorAddress } from '@weir/actor';
import { toError } from '@weir/base';
import type { Cancel, LeaderRecord, LeaderRegister, Logger, Subscription, Timers } from '@weir/ports';

/** Where the ResourceManager is. */
export interface ResourceManagerFinder {
  /** Undefined while nobody is known to lead. */
  currentResourceManager(): ActorAddress | undefined;
  /** Told after each change. */
  onChange(listener: () => void): Subscription;
}

export interface LeaderTrackerOptions {
  readonly register: LeaderRegister;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Default 500. */
  readonly pollIntervalMs?: number;
}

export function resourceManagerAddress({ leader, epoch }: Pick<LeaderRecord, 'leader' | 'epoch'>): ActorAddress {
  return `${leader}/resource-manager.${epoch}`;
}

export class LeaderTracker implements ResourceManagerFinder {
  private record: LeaderRecord | undefined;
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private cancelPoll: Cancel | undefined;
  private reading = false;
  /** A hint came while a read was under way, which may have missed the change. */
  private again = false;
  private unreachable = false;

  constructor(private readonly options: LeaderTrackerOptions) {}

  /** The last record that was read: an epoch below one that was seen is taken as no news. */
  get leader(): LeaderRecord | undefined {
    return this.record;
  }

  /** Once. The first read is under way when it returns. */
  start(): void {
    this.subscription = this.options.register.watch(() => this.read());
    this.read();
  }

  close(): void {
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    this.cancelPoll?.();
    this.listeners.clear();
  }

  currentResourceManager(): ActorAddress | undefined {
    return this.record === undefined ? undefined : resourceManagerAddress(this.record);
  }

  onChange(listener: () => void): Subscription {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return { unsubscribe: () => this.listeners.delete(entry) };
  }

  private read(): void {
    if (this.subscription === undefined) return;
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    this.again = false;
    this.cancelPoll?.();
    this.options.register.read().then(
      (found) => this.wasRead(found?.value),
      (thrown: unknown) => {
        // The last leader stays the best guess: it is watched by those who talk to it.
        if (!this.unreachable) this.options.logger.log('warn', 'the leader register cannot be read', { error: toError(thrown).message });
        this.unreachable = true;
        this.scheduleNext();
      },
    );
  }

  private wasRead(found: LeaderRecord | undefined): void {
    this.unreachable = false;
    const known = this.record;
    // The register may go back in time or be lost: an older term is nobody's any more, and none at all means that one is being claimed.
    const isNews = found !== undefined && (known === undefined || found.epoch > known.epoch || (found.epoch === known.epoch && found.leader !== known.leader));
    this.scheduleNext();
    if (!isNews) return;
    this.record = found;
    for (const listener of [...this.listeners]) listener();
  }

  private scheduleNext(): void {
    this.reading = false;
    if (this.subscription === undefined) return;
    if (this.again) this.read();
    else this.cancelPoll = this.options.timers.after(this.options.pollIntervalMs ?? 500, () => this.read());
  }
}
