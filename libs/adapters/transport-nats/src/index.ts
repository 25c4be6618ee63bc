// the courier and the transport
export { NatsCourier } from './nats-courier.js';
export { NatsTransport } from './nats-transport.js';
export { type CourierHandler, type CourierStatistics, MAX_UNCONFIRMED_BYTES } from './nats-wire.js';
export { MAX_MESSAGE_BYTES } from './message-parts.js';
export { OLDEST_SERVER } from './nats-version.js';
export type { NatsCredentials, NatsHost, NatsOptions, NatsTls } from './nats-options.js';
// the leader register
export { NatsLeaderRegister, type NatsLeaderRegisterOptions } from './nats-leader-register.js';
// a server of our own
export { findNatsServer, type FindNatsServerOptions, natsServerInstallHint } from './server/find-nats-server.js';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './server/start-nats-server.js';
// errors
export {
  LeaderRegisterUnreachableError,
  NatsAuthError,
  NatsOptionsError,
  NatsPayloadError,
  NatsServerFailedError,
  NatsServerMissingError,
  NatsUnreachableError,
  NatsVersionError,
} from './errors.js';
