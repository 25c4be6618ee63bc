/** Options of the task runtime. */
import { configOption } from '@weir/base';

export const taskOptions = {
  autoWatermarkInterval: configOption.durationMs('pipeline.auto-watermark-interval', 200, 'How often periodic watermarks are emitted.'),
  bufferTimeout: configOption.durationMs('execution.buffer-timeout.interval', 10, 'A partly filled frame is sent after this long; 0 sends each record.'),
  frameRecords: configOption.integer('taskmanager.network.frame-records', 256, 'Records in a full frame within one thread; 1 sends each record by itself everywhere.'),
  framesInFlight: configOption.integer('taskmanager.network.frames-per-channel', 8, 'Frames a producer may send ahead of its consumer within one thread, per channel.'),
  frameBytes: configOption.sizeBytes('taskmanager.network.frame-bytes', 16 * 1024, 'What a full frame between threads or processes takes; it holds as many records as that is.'),
  bytesPerChannel: configOption.sizeBytes('taskmanager.network.bytes-per-channel', 256 * 1024, 'What a producer may send ahead of its consumer between threads or processes, per channel.'),
  bytesInFlight: configOption.sizeBytes('taskmanager.network.bytes-in-flight', 4 << 20, 'What producers may send ahead of the tasks of one slot, over all channels: divided among them, at least two frames each.'),
  turnBudget: configOption.durationMs('taskmanager.task.turn-budget', 1, 'How long a task works before it lets others run; what comes for its thread meanwhile waits for so long.'),
  reportInterval: configOption.durationMs('taskmanager.task.report-interval', 500, 'How often a task reports its metrics.'),
  commitRetries: configOption.integer('sink.committer.retries', 10, 'How often a failed commit is tried again before the task fails.'),
  freezeRecords: configOption.boolean('pipeline.freeze-records', false, 'Freezes records that pass between operators, to catch functions that change them.'),
};
