/** What connectors get from the runtime, made of the ports' fakes. */
import type { ConnectorServices, SinkContext } from '@weir/connector';
import { type FileStore, ManualClock, ManualTimers, RecordingLogger, SeededRandom } from '@weir/ports';

/** Services over `files`, under virtual time. */
export function connectorServices(
  files: FileStore,
  seed = 1,
): ConnectorServices & { readonly timers: ManualTimers; readonly logger: RecordingLogger } {
  const clock = new ManualClock();
  return { files, clock, timers: new ManualTimers(clock), random: new SeededRandom(seed), logger: new RecordingLogger() };
}

export interface SinkContextOptions {
  readonly files: FileStore;
  readonly jobId?: string;
  readonly operatorId?: string;
  readonly subtaskIndex?: number;
  readonly parallelism?: number;
  /** Default `1.0`. */
  readonly attempt?: string;
}

/** The context of one subtask of a sink. */
export function sinkContext(
  options: SinkContextOptions,
): SinkContext & { readonly timers: ManualTimers; readonly logger: RecordingLogger } {
  const {
    files,
    jobId = '0123456789abcdef0123456789abcdef',
    operatorId = 'f'.repeat(32),
    subtaskIndex = 0,
    parallelism = 1,
    attempt = '1.0',
  } = options;
  return { ...connectorServices(files), jobId, operatorId, operatorName: 'sink', subtaskIndex, parallelism, attempt };
}
