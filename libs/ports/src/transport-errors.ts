/** Failures that every transport raises alike. */
import { WeirError } from '@weir/base';
import type { Subject } from './transport.js';

/** The connection was closed by its owner. */
export class TransportClosedError extends WeirError {
  constructor(readonly nodeId: string) {
    super({
      code: 'WEIR_TRANSPORT_CLOSED',
      domain: 'internal',
      retry: 'never',
      message: `the connection of ${nodeId} is closed`,
      hint: 'This process is stopping; nothing can be sent any more.',
      details: { nodeId },
    });
  }
}

/** The connection broke before the courier took what was published. */
export class TransportBrokenError extends WeirError {
  constructor(readonly nodeId: string) {
    super({
      code: 'WEIR_TRANSPORT_BROKEN',
      domain: 'external',
      retry: 'later',
      message: `the connection of ${nodeId} broke, messages may be lost`,
      hint: 'Weir recovers by itself when the network comes back; look at the network and the message servers if it does not.',
      details: { nodeId },
    });
  }
}

/** Somebody in this process already subscribed the subject. */
export class SubjectTakenError extends WeirError {
  constructor(readonly subject: Subject) {
    super({
      code: 'WEIR_TRANSPORT_SUBJECT_TAKEN',
      domain: 'internal',
      retry: 'never',
      message: `the subject ${subject} already has a subscriber in this process`,
      hint: 'Two parts of this process claim one address: give each process of a cluster a node id of its own.',
      details: { subject },
    });
  }
}
