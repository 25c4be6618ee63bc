/** What travels between actor systems. Plain data around the user's message. */
import type { FailureInfo } from '@weir/base';
import type { ActorAddress } from './address.js';
import type { ReplyTo } from './ask.js';

/** To an actor's own subject. */
export type UserEnvelope =
  | { readonly kind: 'tell'; readonly message: unknown }
  /** As tell; `replyTo` again outside of the message, so that a system can refuse what it cannot deliver. */
  | { readonly kind: 'ask'; readonly message: unknown; readonly replyTo: ReplyTo<unknown> };

/** To `<node>/system`. All are idempotent. */
export type SystemEnvelope =
  | { readonly kind: 'reply'; readonly correlation: string; readonly value: unknown }
  | { readonly kind: 'failure'; readonly correlation: string; readonly failure: FailureInfo }
  /** Registers `from` as watcher of these addresses and asks for a pong. Sent for a new watch and then at each interval for all. */
  | { readonly kind: 'ping'; readonly from: string; readonly asker: string; readonly sequence: number; readonly watched: readonly ActorAddress[] }
  /** Answers a ping: which of its addresses nobody is at. `asker` is the incarnation that asked: a later life of that node takes no notice. */
  | {
    readonly kind: 'pong'; readonly from: string; readonly asker: string; readonly sequence: number; readonly incarnation: string;
    readonly gone: readonly ActorAddress[];
  }
  | { readonly kind: 'unwatch'; readonly from: string; readonly address: ActorAddress }
  | { readonly kind: 'terminated'; readonly address: ActorAddress; readonly incarnation: string; readonly failure?: FailureInfo };

const SYSTEM_KINDS: ReadonlySet<string> = new Set<SystemEnvelope['kind']>(['reply', 'failure', 'ping', 'pong', 'unwatch', 'terminated']);

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
}

/** Guards the border: what another process sent may be anything. */
export function isUserEnvelope(value: unknown): value is UserEnvelope {
  const kind = kindOf(value);
  return kind === 'tell' || (kind === 'ask' && isReplyTo((value as { replyTo?: unknown }).replyTo));
}

export function isSystemEnvelope(value: unknown): value is SystemEnvelope {
  const kind = kindOf(value);
  return typeof kind === 'string' && SYSTEM_KINDS.has(kind);
}

function isReplyTo(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { address, correlation } = value as { address?: unknown; correlation?: unknown };
  return typeof address === 'string' && address.indexOf('/') > 0 && typeof correlation === 'string';
}
