/** A file that is durable under its staging name and becomes visible by a rename. Plain data in checkpoints. */
export interface FileCommittable {
  /** Absolute where the store knows of that, as `to`. */
  readonly from: string;
  readonly to: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Who wrote it; decides who commits it after a restore. */
  readonly subtask: number;
}
