/** Coded errors of the courier on NATS, of its leader register, and of the server that Weir starts itself. */
import { WeirError } from '@weir/base';

/** No server answered at any of the addresses. */
export class NatsUnreachableError extends WeirError {
  constructor(readonly servers: readonly string[], cause?: unknown) {
    super({
      code: 'WEIR_NATS_UNREACHABLE',
      domain: 'external',
      retry: 'later',
      message: `no NATS server answers at ${servers.join(', ')}${cause instanceof Error ? `: ${cause.message}` : ''}`,
      hint:
        'Start a server (`weir cluster up` brings one, or `nats-server -js`), and check address, port and firewall; with TLS, check that ' +
        'both sides trust the same authority.',
      cause,
      details: { servers },
    });
  }
}

/** The server lacks what Weir relies on. */
export class NatsVersionError extends WeirError {
  constructor(readonly server: string, readonly found: string, readonly wanted: string) {
    super({
      code: 'WEIR_NATS_VERSION',
      domain: 'external',
      retry: 'never',
      message: `the NATS server at ${server} has version ${found}, at least ${wanted} is needed`,
      hint: `Upgrade the NATS servers of this cluster to ${wanted} or newer; 2.12 and newer are recommended.`,
      details: { server, found, wanted },
    });
  }
}

/** The server refused who we are, or what we asked for. */
export class NatsAuthError extends WeirError {
  constructor(readonly servers: readonly string[], readonly reason: string, cause?: unknown) {
    super({
      code: 'WEIR_NATS_AUTH',
      domain: 'user',
      retry: 'never',
      message: `the NATS server at ${servers.join(', ')} refuses: ${reason}`,
      hint:
        'Check user, token, key or credentials file of this process; its account must publish and subscribe `weir.<cluster>.>`, and a ' +
        'JobManager also `$JS.API.>` and `$KV.weir-<cluster>.>`.',
      cause,
      details: { servers, reason },
    });
  }
}

/** A message that no server would carry. */
export class NatsPayloadError extends WeirError {
  constructor(readonly subject: string, readonly bytes: number, readonly limit: number) {
    super({
      code: 'WEIR_NATS_PAYLOAD',
      domain: 'user',
      retry: 'never',
      message: `a message of ${bytes} bytes for ${subject} is too long, ${limit} bytes are allowed`,
      hint: 'Send large values through files and put a reference into the record.',
      details: { subject, bytes, limit },
    });
  }
}

/** An option of the NATS connection makes no sense. */
export class NatsOptionsError extends WeirError {
  constructor(message: string, hint: string, cause?: unknown) {
    super({ code: 'WEIR_NATS_OPTIONS', domain: 'user', retry: 'never', message, hint, cause });
  }
}

/** The leader register did not answer; for a change, whether it was made is unknown. */
export class LeaderRegisterUnreachableError extends WeirError {
  constructor(readonly bucket: string, operation: 'read' | 'compare-and-set' | 'clear', cause?: unknown) {
    super({
      code: 'WEIR_LEADER_REGISTER_UNREACHABLE',
      domain: 'external',
      retry: 'later',
      message: `${operation} on the leader register ${bucket} was not answered${cause instanceof Error ? `: ${cause.message}` : ''}`,
      hint: 'Weir reads the register again by itself; look at the NATS servers (JetStream enabled, disk, quorum) if this repeats.',
      cause,
      details: { bucket, operation },
    });
  }
}

/** No nats-server binary is on this machine. */
export class NatsServerMissingError extends WeirError {
  constructor(readonly searched: readonly string[], installHint: string) {
    super({
      code: 'WEIR_NATS_SERVER_MISSING',
      domain: 'user',
      retry: 'never',
      message: 'there is no nats-server on this machine',
      hint: installHint,
      details: { searched },
    });
  }
}

/** The nats-server that Weir started did not come up. */
export class NatsServerFailedError extends WeirError {
  constructor(readonly binary: string, readonly reason: string, readonly lastLines: string, cause?: unknown) {
    super({
      code: 'WEIR_NATS_SERVER_FAILED',
      domain: 'external',
      retry: 'later',
      message: `${binary} did not start: ${reason}${lastLines === '' ? '' : `\n${lastLines}`}`,
      hint: 'Look at the last lines of its log above: usually the port is taken or the store directory cannot be written.',
      cause,
      details: { binary, reason },
    });
  }
}
