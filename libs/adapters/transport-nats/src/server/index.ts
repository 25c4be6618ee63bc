/** Without the client: who starts a server need not load it. */
export { findNatsServer, type FindNatsServerOptions, natsServerInstallHint } from './find-nats-server.js';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './start-nats-server.js';
