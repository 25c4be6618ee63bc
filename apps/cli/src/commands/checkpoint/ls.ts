/** `weir checkpoint ls`: the checkpoints below a directory. */
import { relative } from 'node:path';
import type { CheckpointListing } from '@weir/checkpoint';
import { LocalFileStore } from '@weir/storage-fs';
import type { CheckpointInvocation } from '../../grammar/checkpoints.js';
import { ExitCode, type CliIo } from '../../io.js';
import { table } from '../../render/table.js';
import { bytes, duration } from '../../render/text.js';
import { findCheckpointsBelow } from './find.js';

export async function ls(invocation: CheckpointInvocation, io: CliIo): Promise<number> {
  const found = await findCheckpointsBelow(new LocalFileStore(), invocation.path, io.workingDirectory);
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
      relative(workingDirectory, it.path),
    ]),
  );
}
