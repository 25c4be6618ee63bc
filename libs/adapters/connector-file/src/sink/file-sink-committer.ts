/**
 * Makes prepared files visible (D7).
 *
 * C1: a commit is a rename, so a file under its final name is whole. C2: a commit is done when the rename survives a power cut, so the
 * directory is synced also when the file was already there. C3: after a restore, staging files of *earlier* attempts that the restored
 * state does not name are removed, each by the subtask that owns it; those of this attempt belong to writers that are running.
 */
import { crc32 } from '@weir/base';
import type { SinkCommitter, SinkContext } from '@weir/connector';
import { baseName, parentPath } from '@weir/ports';
import { FileCommitError } from '../errors.js';
import type { FileCommittable } from './file-committable.js';
import { isEarlierAttempt, jobPrefix, operatorPart, parseAttempt, parsePartFileName } from './part-file-name.js';

const VERIFY_CHUNK_BYTES = 1 << 20;

export class FileSinkCommitter implements SinkCommitter<FileCommittable> {
  constructor(
    private readonly directory: string,
    private readonly context: SinkContext,
  ) {}

  async recover(restored: readonly FileCommittable[]): Promise<void> {
    const { files, subtaskIndex, parallelism, jobId, operatorId, attempt } = this.context;
    await files.makeDirectory(this.directory);
    const share = restored.filter(({ subtask }) => subtask % parallelism === subtaskIndex);
    for (const committable of share) await this.verify(committable);
    await this.commit(share);

    const wanted = new Set(restored.map(({ from }) => baseName(from)));
    const own = parseAttempt(attempt);
    let removed = 0;
    for (const { name, path, kind } of await files.list(this.directory)) {
      const part = parsePartFileName(name);
      if (kind !== 'file' || part === undefined || !part.staging || wanted.has(name)) continue;
      if (part.job !== jobPrefix(jobId) || part.operator !== operatorPart(operatorId)) continue;
      if (part.subtask % parallelism !== subtaskIndex || !isEarlierAttempt(part, own)) continue; // C3
      await files.remove(path);
      removed++;
    }
    if (removed > 0) await files.syncDirectory(this.directory);
  }

  async commit(committables: readonly FileCommittable[]): Promise<void> {
    const directories = new Set<string>();
    for (const committable of committables) {
      await this.commitOne(committable);
      directories.add(parentPath(committable.to));
    }
    for (const directory of directories) await this.context.files.syncDirectory(directory); // C2
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private async commitOne({ from, to, sizeBytes }: FileCommittable): Promise<void> {
    const { files } = this.context;
    const target = await files.stat(to);
    if (target !== undefined && target.sizeBytes !== sizeBytes) throw conflict(to, sizeBytes, target.sizeBytes);
    const staged = await files.stat(from);
    if (staged === undefined) {
      if (target === undefined) throw lost(from, to);
      return; // Committed before.
    }
    if (staged.sizeBytes !== sizeBytes) throw damaged(from, `${sizeBytes} bytes were prepared, ${staged.sizeBytes} are there`);
    await files.rename(from, to);
  }

  /** After a restart a staging file has come through a crash: its bytes are compared with what was prepared. */
  private async verify({ from, sizeBytes, crc32: expected }: FileCommittable): Promise<void> {
    const { files } = this.context;
    if ((await files.stat(from))?.sizeBytes !== sizeBytes) return; // `commitOne` says what is wrong.
    let checksum = 0;
    for (let offset = 0; offset < sizeBytes; offset += VERIFY_CHUNK_BYTES) {
      checksum = crc32(await files.read(from, offset, VERIFY_CHUNK_BYTES), checksum);
    }
    if (checksum !== expected) throw damaged(from, `checksum ${checksum.toString(16)} instead of ${expected.toString(16)}`);
  }
}

function lost(from: string, to: string): FileCommitError {
  return new FileCommitError(
    'WEIR_COMMIT_LOST',
    `prepared file ${from} is gone, and so is ${to}`,
    'Output of a completed checkpoint was moved away before it was confirmed: bring the file back to either name, or start from an ' +
      'earlier savepoint.',
    'never',
    { from, to },
  );
}

function conflict(to: string, sizeBytes: number, foundBytes: number): FileCommitError {
  return new FileCommitError(
    'WEIR_COMMIT_CONFLICT',
    `${to} has ${foundBytes} bytes, ${sizeBytes} were prepared`,
    'Something else wrote to or cut this file; move it away if the prepared file is still there, and let the job restart.',
    'never',
    { to, sizeBytes, foundBytes },
  );
}

function damaged(from: string, reason: string): FileCommitError {
  return new FileCommitError(
    'WEIR_COMMIT_DAMAGED',
    `prepared file ${from} is damaged: ${reason}`,
    'The disk lost or changed bytes that it had confirmed; check it, then restore the job from an earlier checkpoint or savepoint.',
    'never',
    { from },
  );
}
