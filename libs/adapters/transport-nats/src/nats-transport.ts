/** Transport over NATS for nodes that live in this thread: messages become bytes here, and subjects find their subscriber. */
import type { Connection, ConnectionPurpose, Transport } from '@weir/ports';
import type { NatsCourier } from './nats-courier.js';
import { NatsNodeConnection } from './nats-node-connection.js';
import type { NatsHost } from './nats-options.js';

export class NatsTransport implements Transport {
  readonly kind = 'nats';
  readonly byReference = false;

  /** @param courier stays its owner's: closing it is theirs, after all connections. */
  constructor(
    private readonly courier: NatsCourier,
    private readonly host: Pick<NatsHost, 'logger'>,
  ) {}

  /** Fails as `NatsCourier.serve`: a node has one connection a purpose. */
  async connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    const connection = new NatsNodeConnection(nodeId, purpose, this.courier, this.host.logger);
    await connection.open();
    return connection;
  }
}
