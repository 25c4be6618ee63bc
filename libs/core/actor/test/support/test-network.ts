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
  private readonly handlers = new Map<Subject, (message: unknown) => void>();
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

  /** kill -9: the subjects of the node have no receiver any more. */
  kill(node: string): void {
    for (const subject of this.handlers.keys()) if (subject.startsWith(`${node}.`)) this.handlers.delete(subject);
  }

  /** What a hostile process could send. */
  deliverRaw(subject: Subject, message: unknown): void {
    this.handlers.get(subject)?.(message);
  }

  get subscriptionCount(): number {
    return this.handlers.size;
  }

  private connection(nodeId: string): Connection {
    const send = (subject: Subject, message: unknown, onNoReceiver: () => void): void => {
      if (this.lose(nodeId, subject, message)) return;
      const copy: unknown = structuredClone(message); // as any wire would
      this.timers.defer(() => {
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
