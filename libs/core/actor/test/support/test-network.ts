/** Nodes over manual timers with a courier that a test can make lose messages. The real transports have suites of their own. */
import { ActorSystem, type ActorAddress, type ActorSystemOptions } from '@weir/actor';
import type { FailureInfo } from '@weir/base';
import { type Connection, ManualClock, ManualTimers, RecordingLogger, SeededRandom, type Subject } from '@weir/ports';

export class TestNetwork {
  readonly clock = new ManualClock();
  readonly timers = new ManualTimers(this.clock);
  readonly logger = new RecordingLogger();
  readonly failures: { address: ActorAddress; failure: FailureInfo }[] = [];
  /** Messages for which this is true are lost. */
  lose: (from: string, subject: Subject, message: unknown) => boolean = () => false;
  /** How long this message takes; later ones on the same way wait for it. */
  delayMs: (from: string, subject: Subject) => number = () => 0;
  private readonly arrivalMs = new Map<string, number>();
  private readonly handlers = new Map<Subject, (message: unknown) => void>();
  private readonly lives = new Map<string, number>();
  private systems = 0;

  system(node: string, options: Partial<ActorSystemOptions> = {}): ActorSystem {
    return new ActorSystem({
      node,
      clock: this.clock,
      timers: this.timers,
      random: new SeededRandom(this.systems++),
      logger: this.logger,
      control: this.connection(node),
      failureSink: (address, failure) => this.failures.push({ address, failure }),
      ...options,
    });
  }

  /** kill -9: the subjects of the node have no receiver any more, and this life of it sends nothing. */
  kill(node: string): void {
    this.lives.set(node, (this.lives.get(node) ?? 0) + 1);
    for (const subject of this.handlers.keys()) if (subject.startsWith(`${node}.`)) this.handlers.delete(subject);
  }

  /** What a hostile process could send. */
  deliverRaw(subject: Subject, message: unknown): void {
    this.handlers.get(subject)?.(message);
  }

  get subscriptionCount(): number {
    return this.handlers.size;
  }

  private after(from: string, subject: Subject, arrive: () => void): void {
    const way = `${from} ${subject}`;
    const now = this.clock.monotonic();
    const atMs = Math.max(this.arrivalMs.get(way) ?? 0, now + this.delayMs(from, subject));
    this.arrivalMs.set(way, atMs);
    if (atMs === now) this.timers.defer(arrive);
    else this.timers.after(atMs - now, arrive);
  }

  private connection(nodeId: string): Connection {
    const life = this.lives.get(nodeId);
    const send = (subject: Subject, message: unknown, onNoReceiver: () => void): void => {
      if (this.lives.get(nodeId) !== life || this.lose(nodeId, subject, message)) return;
      const copy: unknown = structuredClone(message); // as any wire would
      this.after(nodeId, subject, () => {
        const handler = this.handlers.get(subject);
        if (handler === undefined) onNoReceiver();
        else handler(copy);
      });
    };
    return {
      nodeId,
      purpose: 'control',
      publish: (subject, message) => send(subject, message, () => undefined),
      publishExpectingReceiver: send,
      subscribe: (subject, handler) => {
        this.handlers.set(subject, handler);
        return {
          unsubscribe: () => {
            if (this.handlers.get(subject) === handler) this.handlers.delete(subject);
          },
        };
      },
      onDisconnect: () => ({ unsubscribe: () => undefined }),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
}
