/**
 * A TCP proxy on the way of one member to its NATS server: cuts, black holes in either direction, delay, a bounded rate. Half of the network's faults
 * need no privileges this way. While a direction is blackholed nothing is read, so that the sender's buffers fill as they do behind a dead link.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

export type Direction = 'out' | 'in';

interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
}

const TICK_MS = 10;

export class LinkProxy {
  private readonly pipes = new Set<Pipe>();
  private readonly blocked = new Set<Direction>();
  private refusing = false;
  private delayMs = 0;
  private bytesPerSecond = Infinity;

  private constructor(private readonly server: Server, private readonly targetPort: number) {}

  static async start(targetPort: number): Promise<LinkProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new LinkProxy(server, targetPort);
    server.on('connection', (socket) => proxy.accept(socket));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as { readonly port: number }).port;
  }

  get connections(): number {
    return this.pipes.size / 2;
  }

  /** Nothing gets through in these directions, and nobody is told. New connections hang as well. */
  blackhole(...directions: readonly Direction[]): void {
    for (const it of directions) this.blocked.add(it);
    for (const { from, direction } of this.pipes) if (this.blocked.has(direction)) from.pause();
  }

  /** Every connection is reset, and new ones are refused until `heal`. */
  cut(): void {
    this.refusing = true;
    for (const { from } of this.pipes) from.resetAndDestroy();
  }

  /** Every connection is reset once; new ones get through. */
  reset(): void {
    for (const { from } of this.pipes) from.resetAndDestroy();
  }

  slow(delayMs: number, bytesPerSecond = Infinity): void {
    this.delayMs = delayMs;
    this.bytesPerSecond = bytesPerSecond;
  }

  heal(): void {
    this.refusing = false;
    this.slow(0);
    const directions = [...this.blocked];
    this.blocked.clear();
    for (const { from, direction } of this.pipes) if (directions.includes(direction)) from.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    if (this.refusing) {
      socket.resetAndDestroy();
      return;
    }
    const target = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    socket.setNoDelay(true);
    target.setNoDelay(true);
    this.pipe({ from: socket, to: target, direction: 'out' });
    this.pipe({ from: target, to: socket, direction: 'in' });
  }

  private pipe(pipe: Pipe): void {
    const { from, to, direction } = pipe;
    this.pipes.add(pipe);
    if (this.blocked.has(direction)) from.pause();
    let dueMs = 0; // when the next chunk may leave: keeps the order when the delay changes
    let open = 0;
    from.on('data', (chunk: Buffer) => {
      if (this.delayMs === 0 && this.bytesPerSecond === Infinity && open === 0) {
        if (!to.write(chunk)) from.pause();
        return;
      }
      open++;
      const now = performance.now();
      dueMs = Math.max(dueMs, now + this.delayMs) + (chunk.length * 1000) / this.bytesPerSecond;
      from.pause();
      setTimeout(() => {
        open--;
        if (!to.destroyed) to.write(chunk);
      }, dueMs - now);
      // The next chunk may be read before this one has left: delay is no limit of rate, the rate is.
      setTimeout(() => this.resume(pipe), this.bytesPerSecond === Infinity ? 0 : Math.max(TICK_MS, dueMs - now - this.delayMs));
    });
    to.on('drain', () => this.resume(pipe));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.pipes.delete(pipe);
      to.destroy();
    });
  }

  private resume({ from, direction }: Pipe): void {
    if (!this.blocked.has(direction) && !from.destroyed) from.resume();
  }
}
