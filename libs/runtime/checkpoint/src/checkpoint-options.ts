/** Options of checkpoints; keys and defaults are Flink's where the meaning is the same. */
import { configOption } from '@weir/base';

export const checkpointOptions = {
  interval: configOption.durationMs('execution.checkpointing.interval', 10_000, 'Time between the starts of two checkpoints; 0 makes none but the final one of jobs whose sinks commit.'),
  timeout: configOption.durationMs('execution.checkpointing.timeout', 600_000, 'A checkpoint that has not completed after this long is aborted.'),
  minPause: configOption.durationMs('execution.checkpointing.min-pause', 0, 'Time from the completion of one checkpoint to the next periodic one, at least.'),
  tolerableFailedCheckpoints: configOption.integer('execution.checkpointing.tolerable-failed-checkpoints', 0, 'Checkpoints in a row that may fail or expire before the job fails.'),
  maxConcurrentCheckpoints: configOption.integer('execution.checkpointing.max-concurrent-checkpoints', 1, 'Checkpoints that may be under way at a time.'),
  numRetained: configOption.integer('execution.checkpointing.num-retained', 5, 'Completed checkpoints that are kept.'),
  directory: configOption.string('execution.checkpointing.dir', '.weir/checkpoints', 'Directory of all jobs\' checkpoints; each job has one named by its id.'),
  savepointDirectory: configOption.string('execution.checkpointing.savepoint-dir', '', 'Directory in which savepoints are made when the request names none.'),
  inlineThreshold: configOption.sizeBytes('execution.checkpointing.data-inline-threshold', 20 * 1024, 'Snapshots of a subtask up to this size are kept in _metadata instead of a file.'),
};
