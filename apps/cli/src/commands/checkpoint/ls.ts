/** `weir checkpoint ls`: the checkpoints below a directory. */
import type { CheckpointListing } from '@weir/checkpoint';
import type { CheckpointInvocation } from '../../grammar/checkpoints.js';
import { ExitCode, type CliIo } from '../../io.js';
import { shownPath } from '../../paths.js';
import { table } from '../../render/table.js';
import { bytes, duration } from '../../render/text.js';
import { storedFiles } from '../../stored-files.js';
import { findCheckpointsBelow } from './find.js';

export async function ls(invocation: CheckpointInvocation, io: CliIo): Promise<number> {
  const found = await findCheckpointsBelow(await storedFiles(io), invocation.path, io.workingDirectory);
  if (invocation.json) io.out.write(found.map((it) => `${JSON.stringify(it)}\n`).join(''));
  else if (found.length === 0) io.err.write(`there are no checkpoints below ${invocation.path}\n`);
  else io.out.write(renderListing(found, io.workingDirectory));
  return ExitCode.ok;
}

export function renderListing(found: readonly CheckpointListing[], workingDirectory: string): string {
  return table(
    ['job', 'checkpoint', 'status', 'triggered', 'took', 'size', 'path'],
    found.map((it) => [
      it.jobName ?? '-',
      String(it.checkpointId),
      it.isFinal === true ? `${it.status}, final` : it.status,
      it.triggeredAtMs === undefined ? '-' : new Date(it.triggeredAtMs).toISOString(),
      it.durationMs === undefined ? '-' : duration(it.durationMs),
      it.sizeBytes === undefined ? '-' : bytes(it.sizeBytes),
      shownPath(it.path, { workingDirectory }),
    ]),
  );
}
