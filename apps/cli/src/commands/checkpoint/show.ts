/** `weir checkpoint show`: what one checkpoint consists of. */
import { showCheckpoint, type CheckpointDescription } from '@weir/checkpoint';
import type { CheckpointInvocation } from '../../grammar/checkpoints.js';
import { ExitCode, type CliIo } from '../../io.js';
import { table } from '../../render/table.js';
import { bytes, duration } from '../../render/text.js';
import { absolutePath } from '../../paths.js';
import { storedFiles } from '../../stored-files.js';
import { isOneCheckpoint, notOneCheckpoint } from './find.js';

export async function show(invocation: CheckpointInvocation, io: CliIo): Promise<number> {
  const files = await storedFiles(io);
  const path = absolutePath(invocation.path, io);
  if (!(await isOneCheckpoint(files, path))) throw await notOneCheckpoint(files, invocation.path, io.workingDirectory);
  const description = await showCheckpoint(files, path);
  io.out.write(invocation.json ? `${JSON.stringify(withoutBytes(description))}\n` : renderDescription(description));
  return ExitCode.ok;
}

export function renderDescription({ metadata, sizeBytes, operators, coordinators, path }: CheckpointDescription): string {
  const head = [
    `checkpoint ${metadata.checkpointId} of ${metadata.jobName}${metadata.isFinal ? ' (final: the job had read all of its input)' : ''}`,
    `  path       ${path}`,
    `  job        ${metadata.jobId}, epoch ${metadata.epoch}, graph ${metadata.jobGraphHash}`,
    `  triggered  ${new Date(metadata.triggeredAtMs).toISOString()}, took ${duration(metadata.completedAtMs - metadata.triggeredAtMs)}`,
    `  size       ${bytes(sizeBytes)}`,
    '',
  ];
  const operatorTable = table(
    ['operator', 'uid', 'parallelism', 'keyed state', 'key groups', 'list state'],
    operators.map((it) => [
      it.name,
      it.uid ?? '-',
      `${it.parallelism} of ${it.maxParallelism}${it.finishedSubtasks === 0 ? '' : `, ${it.finishedSubtasks} finished`}`,
      bytes(it.keyedBytes),
      String(it.nonEmptyKeyGroups),
      it.lists.map((list) => `${list.name} (${list.distribution}): ${list.elements}, ${bytes(list.sizeBytes)}`).join('; ') || '-',
    ]),
  );
  const sources = coordinators.map((it) => `${it.name}: enumerator state of ${bytes(it.sizeBytes)}, version ${it.stateVersion}\n`);
  return `${head.join('\n')}\n${operatorTable}${sources.join('')}`;
}

/** The state itself does not belong on a terminal: bytes become their number. */
function withoutBytes(description: CheckpointDescription): unknown {
  return JSON.parse(JSON.stringify(description, (_, value: unknown) => (value instanceof Uint8Array ? { bytes: value.length } : value)));
}
