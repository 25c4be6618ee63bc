/**
 * What travels between actor systems. Plain data around the user's message. Everything goes to `<node>/system`: linked envelopes inside of
 * link frames (`link-frame.ts`), which lose nothing; the others bare, since the next one of their kind repairs what was lost.
 */
import type { FailureInfo } from '@weir/base';
import type { ActorAddress } from './address.js';
import type { ReplyTo } from './ask.js';

/** Travels on a link: exactly once and in order, or the link's end is told. */
export type LinkedEnvelope =
  | { readonly kind: 'tell'; readonly to: ActorAddress; readonly message: unknown }
  /** As tell; `replyTo` again outside of the message, so that a system can refuse what it cannot deliver. */
  | { readonly kind: 'ask'; readonly to: ActorAddress; readonly message: unknown; readonly replyTo: ReplyTo<unknown> }
  | { readonly kind: 'reply'; readonly correlation: string; readonly value: unknown }
  | { readonly kind: 'failure'; readonly correlation: string; readonly failure: FailureInfo }
  | { readonly kind: 'terminated'; readonly address: ActorAddress; readonly incarnation: string; readonly failure?: FailureInfo };

/** Travels alone and may be lost. All are idempotent. */
export type LooseEnvelope =
  /**
   * Registers `from` as watcher of these addresses and asks for a pong. Sent for a new watch and then at each interval for all; with no
   * address, it asks which life of the node is there.
   */
  | { readonly kind: 'ping'; readonly from: string; readonly asker: string; readonly sequence: number; readonly watched: readonly ActorAddress[] }
  /** Answers a ping: which of its addresses nobody is at. `asker` is the incarnation that asked: a later life of that node takes no notice. */
  | {
    readonly kind: 'pong'; readonly from: string; readonly asker: string; readonly sequence: number; readonly incarnation: string;
    readonly gone: readonly ActorAddress[];
  }
  | { readonly kind: 'unwatch'; readonly from: string; readonly address: ActorAddress };

const LOOSE_KINDS: ReadonlySet<string> = new Set<LooseEnvelope['kind']>(['ping', 'pong', 'unwatch']);

/** Guards the border: what another process sent may be anything. */
export function isLooseEnvelope(value: unknown): value is LooseEnvelope {
  const { kind, from, watched, gone, address } = fieldsOf(value);
  if (typeof kind !== 'string' || !LOOSE_KINDS.has(kind) || typeof from !== 'string') return false;
  return kind === 'ping' ? isAddresses(watched) : kind === 'pong' ? isAddresses(gone) : isAddress(address);
}

export function isLinkedEnvelope(value: unknown): value is LinkedEnvelope {
  const { kind, to, replyTo, correlation, address } = fieldsOf(value);
  switch (kind) {
    case 'tell':
      return isAddress(to);
    case 'ask':
      return isAddress(to) && isAddress(fieldsOf(replyTo)['address']) && typeof fieldsOf(replyTo)['correlation'] === 'string';
    case 'reply':
    case 'failure':
      return typeof correlation === 'string';
    case 'terminated':
      return isAddress(address);
    default:
      return false;
  }
}

/** The fields of a value that may be anything. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isAddress(value: unknown): value is ActorAddress {
  return typeof value === 'string' && value.indexOf('/') > 0;
}

function isAddresses(value: unknown): value is readonly ActorAddress[] {
  return Array.isArray(value) && value.every(isAddress);
}
