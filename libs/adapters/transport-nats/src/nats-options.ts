/** How a process reaches the NATS servers, and what of it goes to the client library. */
import { readFileSync } from 'node:fs';
import type { Clock, Logger, Random, Timers } from '@weir/ports';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from 'nats';
import { NatsOptionsError } from './errors.js';

/** Who this process is to the servers; at most one of the four ways. */
export interface NatsCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Seed of an nkey, `SU…`. */
  readonly nkeySeed?: string;
  /** Path of a `.creds` file; read again at each connect, so that it may be renewed. */
  readonly credentialsFile?: string;
}

/** TLS towards the servers; paths of PEM files. An empty object: TLS with the authorities of the system. */
export interface NatsTls {
  readonly authorityFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

export interface NatsOptions {
  /** `nats://host:port` or `tls://host:port`, at least one. Only these are tried: addresses that servers tell of each other are ignored. */
  readonly servers: readonly string[];
  /** Name of the Weir cluster, a word: clusters of different names may share servers and do not see each other. */
  readonly cluster: string;
  /** Name of this process in the servers' reports. */
  readonly processName?: string;
  readonly credentials?: NatsCredentials;
  readonly tls?: NatsTls;
  /** How long the first connect keeps trying while no server answers, milliseconds; later ones try for ever. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** Time, chance and log of this process. */
export interface NatsHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
}

/** A token of a NATS subject; also what a KV bucket may be called. */
const WORD = /^[A-Za-z0-9_-]{1,64}$/;

/** Fails with `WEIR_NATS_OPTIONS` unless the name is one word of a subject. */
export function checkWord(what: string, name: string): void {
  if (WORD.test(name)) return;
  throw new NatsOptionsError(`${what} ${JSON.stringify(name)} is not a word`, 'Use 1 to 64 letters, digits, `-` and `_`.');
}

/** Fails with `WEIR_NATS_OPTIONS`. */
export function checkNatsOptions(options: NatsOptions): void {
  checkWord('the cluster name', options.cluster);
  if (options.servers.length === 0) {
    throw new NatsOptionsError('no NATS server is named', 'Name at least one, such as nats://127.0.0.1:4222.');
  }
  for (const server of options.servers) {
    if (!/^(nats:\/\/|tls:\/\/)?[^\s/@]+$/.test(server)) {
      throw new NatsOptionsError(
        `${JSON.stringify(server.replace(/\/\/.*@/, '//***@'))} is not the address of a NATS server`,
        'Write nats://host:port; user, password, token and keys are options of their own.',
      );
    }
  }
  const { user, token, nkeySeed, credentialsFile } = options.credentials ?? {};
  if ([user, token, nkeySeed, credentialsFile].filter((way) => way !== undefined).length > 1) {
    throw new NatsOptionsError(
      'more than one way of authentication is given',
      'Give user and password, or a token, or an nkey, or a credentials file.',
    );
  }
}

/** A dropped network is noticed after at most three pings; the library's default of 2 minutes a ping is useless here. */
const PING_INTERVAL_MS = 2_000;
const DIAL_TIMEOUT_MS = 3_000;

/**
 * Options of one dial. The library's own reconnect is off: it would buffer what is published meanwhile, and waits for ever for a stuck
 * socket to drain before it notices a dead server.
 */
export function dialOptions(options: NatsOptions, name: string): ConnectionOptions {
  const tls = options.tls !== undefined || options.servers.some((server) => server.startsWith('tls://'));
  return {
    servers: [...options.servers],
    name,
    reconnect: false,
    timeout: DIAL_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    inboxPrefix: `weir.${options.cluster}.r`,
    noAsyncTraces: true,
    resolve: tls, // without it the system resolves names, /etc/hosts included; with TLS the library needs it for the certificate's name
    ...authentication(options.credentials ?? {}),
    ...(tls ? { tls: tlsFiles(options.tls ?? {}) } : {}),
  };
}

function authentication(credentials: NatsCredentials): { authenticator?: Authenticator } {
  const { user, password, token, nkeySeed, credentialsFile } = credentials;
  if (user !== undefined) return { authenticator: usernamePasswordAuthenticator(user, password) };
  if (token !== undefined) return { authenticator: tokenAuthenticator(token) };
  if (nkeySeed !== undefined) return { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)) };
  if (credentialsFile === undefined) return {};
  try {
    return { authenticator: credsAuthenticator(readFileSync(credentialsFile)) };
  } catch (cause) {
    throw new NatsOptionsError(`the credentials file ${credentialsFile} cannot be read`, 'Check its path and the rights on it.', cause);
  }
}

function tlsFiles(tls: NatsTls): NonNullable<ConnectionOptions['tls']> {
  return {
    ...(tls.authorityFile === undefined ? {} : { caFile: tls.authorityFile }),
    ...(tls.certificateFile === undefined ? {} : { certFile: tls.certificateFile }),
    ...(tls.keyFile === undefined ? {} : { keyFile: tls.keyFile }),
  };
}
