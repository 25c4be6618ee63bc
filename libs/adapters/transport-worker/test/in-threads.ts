/** A hub whose endpoints sit behind ports and rings, in one thread: what tests of a single thread can use. */
import { type Logger, RecordingLogger, type Timers, type Transport } from '@weir/ports';
import { WorkerHub, type WorkerHubOptions, WorkerTransport } from '@weir/transport-worker';

/** Node's, as `@weir/host-node` has them; adapters do not see each other. */
export const timers: Timers = {
  after: (delayMs, callback) => {
    const handle = setTimeout(callback, delayMs);
    return () => clearTimeout(handle);
  },
  defer: (callback) => {
    setImmediate(callback);
  },
};

export async function until(condition: () => boolean, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`condition did not hold within ${limitMs} ms: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export class HubRig {
  readonly logger = new RecordingLogger();
  readonly hub: WorkerHub;
  readonly transports: WorkerTransport[] = [];

  constructor(options: Partial<WorkerHubOptions> = {}) {
    this.hub = new WorkerHub({ timers, logger: this.logger, ...options });
  }
  /** As a thread of its own has it. */
  thread(): WorkerTransport {
    const transport = new WorkerTransport({ ...this.hub.attach(), timers, logger: this.logger as Logger });
    this.transports.push(transport);
    return transport;
  }
  /** Each node in an endpoint of its own; `main` in the hub's. */
  perNode(main?: string): Transport {
    const threads = new Map<string, Transport>();
    return {
      kind: 'worker', byReference: false,
      connect: (nodeId, purpose) => {
        const transport = threads.get(nodeId) ?? (nodeId === main ? this.hub : this.thread());
        threads.set(nodeId, transport);
        return transport.connect(nodeId, purpose);
      },
    };
  }
  close(): void {
    this.hub.close();
    for (const transport of this.transports) transport.close();
  }
}
