/** A checkpoint or savepoint that somebody points at, for reading. */
import { leveldbStateBackend } from '@weir/state-leveldb';
import { StateSnapshot } from '@weir/state-processor';
import { SystemClock, SystemTimers } from '@weir/host-node';
import { silentLogger } from '@weir/ports';
import { configurationOf } from '../../configuration.js';
import type { CliIo } from '../../io.js';
import { absolutePath } from '../../paths.js';
import { storedFiles } from '../../stored-files.js';
import { isOneCheckpoint, notOneCheckpoint } from '../checkpoint/find.js';

/** Throws `WEIR_CHECKPOINT_NOT_FOUND`, and as `StateSnapshot.open`. */
export async function openSnapshot(path: string, io: CliIo): Promise<StateSnapshot> {
  const files = await storedFiles(io);
  const absolute = absolutePath(path, io);
  if (!(await isOneCheckpoint(files, absolute))) throw await notOneCheckpoint(files, path, io.workingDirectory);
  const configuration = await configurationOf({ definitions: {}, configFile: undefined }, io);
  const task = { name: `state-${process.pid}`, configuration, logger: silentLogger, clock: new SystemClock(), timers: new SystemTimers() };
  return StateSnapshot.open({ files, path: absolute, backends: leveldbStateBackend.backendsFor(task) });
}
