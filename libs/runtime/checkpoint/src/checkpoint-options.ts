/** Options of checkpoints; keys and defaults are Flink's where the meaning is the same. */
import { type Configuration, configOption } from '@weir/base';
import { CheckpointOptionsError } from './errors.js';

export const checkpointOptions = {
  interval: configOption.durationMs('execution.checkpointing.interval', 10_000, 'Time between the starts of two checkpoints; 0 makes none but the final one of jobs whose sinks commit.'),
  timeout: configOption.durationMs('execution.checkpointing.timeout', 600_000, 'A checkpoint that has not completed after this long is aborted.'),
  minPause: configOption.durationMs('execution.checkpointing.min-pause', 0, 'Time from the completion of one checkpoint to the next periodic one, at least.'),
  tolerableFailedCheckpoints: configOption.integer('execution.checkpointing.tolerable-failed-checkpoints', 0, 'Checkpoints in a row that may fail or expire before the job fails.'),
  maxConcurrentCheckpoints: configOption.integer('execution.checkpointing.max-concurrent-checkpoints', 1, 'Checkpoints that may be under way at a time.'),
  unaligned: configOption.boolean('execution.checkpointing.unaligned.enabled', false, 'Barriers overtake records under backpressure; what they overtake is stored in the checkpoint.'),
  alignedTimeout: configOption.durationMs('execution.checkpointing.aligned-checkpoint-timeout', 0, 'How long barriers wait in line before they overtake, where unaligned checkpoints are enabled; 0: not at all.'),
  numRetained: configOption.integer('execution.checkpointing.num-retained', 5, 'Completed checkpoints that are kept.'),
  directory: configOption.string('execution.checkpointing.dir', '.weir/checkpoints', 'Directory of all jobs\' checkpoints; each job has one named by its id.'),
  savepointDirectory: configOption.string('execution.checkpointing.savepoint-dir', '', 'Directory in which savepoints are made when the request names none.'),
  inlineThreshold: configOption.sizeBytes('execution.checkpointing.data-inline-threshold', 20 * 1024, 'Snapshots of a subtask up to this size are kept in _metadata instead of a file.'),
};

/** Throws `WEIR_CHECKPOINT_OPTIONS` for options that contradict each other. */
export function checkCheckpointOptions(configuration: Configuration): void {
  const { unaligned, maxConcurrentCheckpoints } = checkpointOptions;
  const concurrent = configuration.get(maxConcurrentCheckpoints);
  if (!configuration.get(unaligned) || concurrent === 1) return;
  throw new CheckpointOptionsError(
    `${unaligned.key} goes with one checkpoint at a time, ${maxConcurrentCheckpoints.key} is ${concurrent}`,
    `Set ${maxConcurrentCheckpoints.key} to 1, or leave barriers in line.`,
  );
}
