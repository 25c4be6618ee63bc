/**
 * Which table files checkpoint storage has already.
 *
 *  U1  A file is referred to only where a checkpoint that is known to have completed holds it: an aborted one's files are deleted.
 *  U2  Only the last upload of a file counts. An earlier one may lie in a checkpoint that nobody refers to any more by the time it is heard of.
 */
import type { StoredFile } from '@weir/state';

interface Upload {
  readonly file: StoredFile;
  readonly checkpointId: number;
  confirmed: boolean;
}

export class StoredFiles {
  private readonly uploads = new Map<string, Upload>();

  /** From the checkpoint that was restored. */
  restored(name: string, file: StoredFile): void {
    this.uploads.set(name, { file, checkpointId: 0, confirmed: true });
  }
  uploaded(checkpointId: number, name: string, file: StoredFile): void {
    this.uploads.set(name, { file, checkpointId, confirmed: false }); // U2
  }
  completed(checkpointId: number): void {
    for (const upload of this.uploads.values()) if (upload.checkpointId === checkpointId) upload.confirmed = true;
  }
  /** U1. */
  find(name: string, sizeBytes: number): StoredFile | undefined {
    const upload = this.uploads.get(name);
    return upload?.confirmed === true && upload.file.sizeBytes === sizeBytes ? upload.file : undefined;
  }
  /** A snapshot that refers to no file may subsume all that do: none of them can be relied on any more. */
  forgetAll(): void {
    this.uploads.clear();
  }
  /** Files that are no more never come back. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.uploads.keys()) if (!names.has(name)) this.uploads.delete(name);
  }
}
