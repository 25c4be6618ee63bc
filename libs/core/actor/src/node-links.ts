/** All links of one node, by the name of the peer. Made when first needed, forgotten when nothing was heard or said for long. */
import type { LinkedEnvelope } from './envelope.js';
import type { LinkAckFrame, LinkFrame } from './link-frame.js';
import { NodeLink, type NodeLinkHost } from './node-link.js';

export class NodeLinks {
  private readonly links = new Map<string, NodeLink>();
  private closed = false;

  constructor(private readonly host: NodeLinkHost) {}

  /** Envelopes that wait for an acknowledgement. */
  get waiting(): number {
    let sum = 0;
    for (const link of this.links.values()) sum += link.waiting;
    return sum;
  }

  send(to: string, envelope: LinkedEnvelope): void {
    if (this.closed) this.host.voided(envelope, true);
    else this.linkTo(to).send(envelope);
  }

  receive(frame: LinkFrame | LinkAckFrame): void {
    if (this.closed) return;
    if (frame.kind === 'link') this.linkTo(frame.from).receive(frame);
    else this.links.get(frame.from)?.receiveAck(frame);
  }

  /** A life of this node was heard of. */
  heard(from: string, life: string): void {
    this.links.get(from)?.heard(life);
  }

  /** A life of this node answered the ping of this number. */
  answered(from: string, life: string, sequence: number): void {
    this.links.get(from)?.answered(life, sequence);
  }

  close(): void {
    this.closed = true;
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }

  private linkTo(node: string): NodeLink {
    let link = this.links.get(node);
    if (link !== undefined) return link;
    for (const [name, other] of this.links) if (other.isForgettable) this.links.delete(name);
    this.links.set(node, (link = new NodeLink(node, this.host)));
    return link;
  }
}
