export { type ActorAddress, actorAddress, addressOfSubject, nodeOf, pathOf, subjectOfAddress } from './address.js';
export type {
  Actor,
  ActorContext,
  ActorFactory,
  ActorRef,
  ActorTimers,
  Signal,
  SpawnOptions,
  StopReason,
  SupervisionDecision,
} from './actor.js';
export type { AskOptions, ReplyTo } from './ask.js';
export { ActorSystem } from './actor-system.js';
export type { ActorSystemCounts, ActorSystemOptions, ActorSystemTotals } from './actor-system-options.js';
export {
  ActorSystemStoppedError,
  AskCancelledError,
  AskNoReceiverError,
  AskTimeoutError,
  MailboxFullError,
  RestartLimitError,
} from './errors.js';
