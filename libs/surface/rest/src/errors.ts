/** What can go wrong between a client and the REST server. */
import { WeirError } from '@weir/base';

/** The request is not one that can be answered: a malformed id, parameter or body. Status 400. */
export class BadRequestError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_REST_BAD_REQUEST', domain: 'user', retry: 'never', message, hint });
  }
}

/** Nothing is served at this path, or not with this method. Status 404, as in Flink. */
export class PathNotFoundError extends WeirError {
  constructor(method: string, path: string) {
    super({
      code: 'WEIR_REST_NOT_FOUND', domain: 'user', retry: 'never', message: `not found: ${method} ${path}`,
      hint: "Paths are those of Flink's monitoring REST API, at / and at /v1, and Weir's own below /weir.",
    });
  }
}

/** A vertex, subtask, TaskManager, checkpoint or file that the path names does not exist. Status 404. */
export class ResourceNotFoundError extends WeirError {
  constructor(what: string, hint: string) {
    super({ code: 'WEIR_REST_RESOURCE_NOT_FOUND', domain: 'user', retry: 'never', message: what, hint });
  }
}

/** The body is longer than the limit. Status 413. */
export class BodyTooLargeError extends WeirError {
  constructor(readonly limitBytes: number) {
    super({
      code: 'WEIR_REST_BODY_TOO_LARGE', domain: 'user', retry: 'never', details: { limitBytes },
      message: `the request body is longer than ${limitBytes} bytes`,
      hint: 'Send a smaller artifact, or raise the size limit of the REST server.',
    });
  }
}

/** No token, or another one. Status 401. */
export class UnauthorizedError extends WeirError {
  constructor() {
    super({
      code: 'WEIR_REST_UNAUTHORIZED', domain: 'user', retry: 'never', message: 'the request carries no valid token',
      hint: 'Send the header `Authorization: Bearer <token>` with the value of rest.authentication.token; `weir` takes it from -D, environment or configuration file.',
    });
  }
}

/** A web page of another site asks, through somebody's browser. Status 403. */
export class ForeignOriginError extends WeirError {
  constructor(header: string) {
    super({
      code: 'WEIR_REST_FOREIGN_ORIGIN', domain: 'user', retry: 'never', message: `the request comes from a web page of another site (${header})`,
      hint: 'Without a token only programs and pages of this server itself are answered; set rest.authentication.token and send it.',
    });
  }
}

/** No JobManager leads at the moment. Status 503 with `Retry-After`. */
export class NoLeaderError extends WeirError {
  constructor(reason: string) {
    super({
      code: 'WEIR_REST_NO_LEADER', domain: 'external', retry: 'later', message: `no JobManager leads at the moment: ${reason}`,
      hint: 'Ask again in a few seconds; if this stays, look at the logs of the JobManagers and at NATS.',
    });
  }
}

/** The port is in use. */
export class RestPortTakenError extends WeirError {
  constructor(host: string, port: number, cause: unknown) {
    super({
      code: 'WEIR_REST_PORT_TAKEN', domain: 'user', retry: 'later', cause, details: { host, port },
      message: `port ${port} on ${host} is in use`,
      hint: 'Stop what listens there (another JobManager?), or choose another port with rest.port; 0 takes any free one.',
    });
  }
}

/** The server could not listen for another reason. */
export class RestBindError extends WeirError {
  constructor(host: string, port: number, cause: Error) {
    super({
      code: 'WEIR_REST_BIND_FAILED', domain: 'user', retry: 'never', cause, details: { host, port },
      message: `cannot listen on ${host}:${port}: ${cause.message}`,
      hint: 'Set rest.bind-address to an address of this machine and rest.port to a port that this user may open.',
    });
  }
}

/** Whoever reaches this server may run programs: it is not opened to a network without authentication. */
export class RestBindNeedsTokenError extends WeirError {
  constructor(host: string, tooShort = false) {
    super({
      code: 'WEIR_REST_BIND_NEEDS_TOKEN', domain: 'user', retry: 'never', details: { host },
      message: `the REST server is not opened on ${host} ${tooShort ? 'with so short a token' : 'without a token'}`,
      hint: 'Set rest.authentication.token (at least 16 characters), or bind to 127.0.0.1.',
    });
  }
}

/** Two artifacts of one hash cannot differ: what was sent is not what its hash says. Status 400. */
export class ArtifactHashError extends WeirError {
  constructor(claimed: string, actual: string) {
    super({
      code: 'WEIR_REST_ARTIFACT_HASH', domain: 'user', retry: 'never', details: { claimed, actual },
      message: `the artifact says that its hash is ${claimed}, its code has the hash ${actual}`,
      hint: 'Bundle the job again and send it unchanged.',
    });
  }
}

/** This server was told not to do that. Status 403. */
export class FeatureDisabledError extends WeirError {
  constructor(what: string, key: string) {
    super({
      code: 'WEIR_REST_DISABLED', domain: 'user', retry: 'never', details: { key },
      message: `${what} over REST is switched off`,
      hint: `Set ${key} to true on the JobManagers.`,
    });
  }
}
