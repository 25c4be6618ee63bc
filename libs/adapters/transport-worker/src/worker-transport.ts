/** The transport in a thread that is not the hub's: made from the port that {@link WorkerHub.attach} gave. */
import type { MessagePort } from 'node:worker_threads';
import type { Connection, ConnectionPurpose, Logger, Timers, Transport } from '@weir/ports';
import type { FromHub } from './hub-protocol.js';
import { ThreadEndpoint } from './thread-endpoint.js';

/** What a thread needs to take part; sent to it with `port` in the transfer list. */
export interface ThreadAdmission {
  readonly thread: number;
  readonly port: MessagePort;
}

export interface WorkerTransportOptions extends ThreadAdmission {
  readonly timers: Timers;
  readonly logger: Logger;
}

export class WorkerTransport implements Transport {
  readonly kind = 'worker';
  readonly byReference = false;
  private readonly endpoint: ThreadEndpoint;

  constructor(private readonly options: WorkerTransportOptions) {
    const { port, thread, timers, logger } = options;
    this.endpoint = new ThreadEndpoint({ thread, timers, logger, send: (message) => port.postMessage(message, message.type === 'control' ? [message.bytes.buffer as ArrayBuffer] : []) });
    port.on('message', (message: FromHub) => this.endpoint.receive(message));
    port.on('close', () => this.endpoint.close());
  }

  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    return this.endpoint.connect(nodeId, purpose);
  }
  get subscriptionCount(): number {
    return this.endpoint.subscriptionCount;
  }

  /** The thread takes no part any more: to the others it is gone. */
  close(): void {
    this.options.port.close();
    this.endpoint.close();
  }
}
