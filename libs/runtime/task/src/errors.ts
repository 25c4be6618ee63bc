import { WeirError } from '@weir/base';

/** A record without event time came to an operator that needs it. */
export class MissingTimestampError extends WeirError {
  constructor(operatorName: string) {
    super({
      code: 'WEIR_TIMESTAMP_MISSING', domain: 'user', retry: 'never',
      message: `a record without timestamp reached the event-time operator "${operatorName}"`,
      hint: 'Give the source a WatermarkStrategy with withTimestampAssigner, or call assignTimestampsAndWatermarks before this operator.',
      details: { operatorName },
    });
  }
}

/** Frames are missing in a channel, or its connection broke: the attempt cannot go on (D1). */
export class ChannelBrokenError extends WeirError {
  constructor(channel: string, why: string, cause?: unknown) {
    super({
      code: 'WEIR_CHANNEL_BROKEN', domain: 'external', retry: 'restart', cause,
      message: `channel ${channel} is broken: ${why}`,
      hint: 'The region restarts from the last completed checkpoint; look at the network and the peer if this repeats.',
      details: { channel },
    });
  }
}

/** A record that must leave its thread holds something that no codec can carry. */
export class RecordNotSerializableError extends WeirError {
  constructor(operatorName: string, path: string, what: string, cause: unknown) {
    super({
      code: 'WEIR_RECORD_NOT_SERIALIZABLE', domain: 'user', retry: 'never', cause,
      message: `a record of operator "${operatorName}" cannot be sent: ${path === '' ? '' : `field ${path}: `}${what}`,
      hint: 'Emit plain data: no functions, symbols or instances of classes. With a declared type (types.row), emit records of that type.',
      details: { operatorName, path, what },
    });
  }
}

/** The attempt was cancelled or failed while it was starting. Nobody waits for it any more; seen in logs only. */
export class TaskEndedError extends WeirError {
  constructor(taskName: string) {
    super({
      code: 'WEIR_TASK_ENDED', domain: 'internal', retry: 'never',
      message: `task "${taskName}" ended while it was starting`,
      hint: 'Nothing is to be done: a cancelled attempt stopped before it opened its operators.',
      details: { taskName },
    });
  }
}

/** Code of the job threw. The cause is what it threw. */
export class UserCodeError extends WeirError {
  constructor(operatorName: string, phase: string, cause: unknown) {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super({
      code: 'WEIR_USER_CODE_FAILED', domain: 'user', retry: 'restart', cause,
      message: `${phase} of operator "${operatorName}" threw ${text}`,
      hint: 'Mend the function named here. The job restarts from its last checkpoint and gives up when it no longer progresses (restart-strategy.*); -D restart-strategy.type=none fails at once.',
      details: { operatorName, phase },
    });
  }
}

/** A sink could not make prepared work visible, and trying again did not help. */
export class CommitFailedError extends WeirError {
  constructor(operatorName: string, checkpointId: number, attempts: number, cause: unknown) {
    super({
      code: 'WEIR_COMMIT_FAILED', domain: 'external', retry: 'restart', cause,
      message: `sink "${operatorName}" failed to commit checkpoint ${checkpointId} after ${attempts} tries`,
      hint: 'Nothing is lost: the prepared work stays and is committed after the restart. Mend the target named in the cause.',
      details: { operatorName, checkpointId, attempts },
    });
  }
}

/** Timers or event time were asked for where there are none. */
export class TimersNotAvailableError extends WeirError {
  constructor(operatorName: string) {
    super({
      code: 'WEIR_TIMERS_NOT_KEYED', domain: 'user', retry: 'never',
      message: `operator "${operatorName}" registered a timer but is not behind keyBy`,
      hint: 'Timers belong to keys: put keyBy before this operator.',
      details: { operatorName },
    });
  }
}

/** The state of a connector in the snapshot is of another version than this build reads. */
export class ConnectorStateVersionError extends WeirError {
  constructor(operatorName: string, found: number, expected: number) {
    super({
      code: 'WEIR_CONNECTOR_STATE_VERSION', domain: 'user', retry: 'never',
      message: `operator "${operatorName}" has connector state of version ${found}, this build reads ${expected}`,
      hint: 'Restore with the connector version that wrote the checkpoint.',
      details: { operatorName, found, expected },
    });
  }
}

/** Session windows merge, and the aggregate function does not say how. */
export class MergeNotDefinedError extends WeirError {
  constructor(operatorName: string) {
    super({
      code: 'WEIR_MERGE_MISSING', domain: 'user', retry: 'never',
      message: `session window "${operatorName}" has an aggregate function without merge`,
      hint: 'Add merge(a, b) to the aggregate function: sessions that grow together are merged by it.',
      details: { operatorName },
    });
  }
}
