/** A way between client and server that a test can cut or freeze. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private refusing = false;
  /** Connections that were refused so far. */
  refusedCount = 0;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (inner) => {
      if (proxy.refusing) {
        inner.destroy();
        proxy.refusedCount++;
        return;
      }
      const outer = connect(port, '127.0.0.1');
      proxy.join(inner, outer);
      proxy.join(outer, inner);
    });
    return proxy;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Client connections that are open. */
  get connectionCount(): number {
    return this.sockets.size / 2;
  }

  /** Breaks all connections; new ones are let through. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Breaks all connections and refuses new ones until told otherwise. */
  refuse(refusing: boolean): void {
    this.refusing = refusing;
    if (refusing) this.cut();
  }

  /** Nothing passes any more, and nobody is told; as a network that drops everything. */
  freeze(): void {
    for (const socket of this.sockets) socket.unpipe();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.pipe(to);
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
