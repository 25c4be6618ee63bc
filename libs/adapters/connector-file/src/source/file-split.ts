/** Splits of files: plain data in checkpoints. A split that was read in part differs from the one that was planned only in its position. */
import type { SourceSplit } from '@weir/connector';

/** Bytes of a text file. */
export interface TextSplit extends SourceSplit {
  readonly kind: 'text';
  readonly path: string;
  /** Size of the file when it was planned; nothing behind it is read. */
  readonly fileBytes: number;
  /** Records whose first byte lies in `[start, end)` belong to this split. */
  readonly start: number;
  readonly end: number;
  /** Next byte to read. */
  readonly position: number;
  /** True if a record starts at `position`; false if `position` may lie inside one that belongs to the split before. */
  readonly atRecord: boolean;
  /** Line breaks in the file before `position`; -1 when not known. */
  readonly linesBefore: number;
}

/** A unit (row group) of a bulk file. */
export interface BulkSplit extends SourceSplit {
  readonly kind: 'bulk';
  readonly path: string;
  readonly fileBytes: number;
  readonly unit: number;
  /** Next row of the unit. */
  readonly row: number;
}

export type FileSplit = TextSplit | BulkSplit;

/** By path, then by place in the file. */
export function compareSplits(a: FileSplit, b: FileSplit): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return placeOf(a) - placeOf(b);
}

function placeOf(split: FileSplit): number {
  return split.kind === 'text' ? split.start : split.unit;
}

export const SPLIT_BYTES_MIN = 1 << 20;
export const SPLIT_BYTES_MAX = 64 << 20;
/** Splits that each reader gets on average, so that a slow one does not keep the others waiting for long. */
const SPLITS_PER_READER = 4;

/** Split size for inputs of `totalBytes`: enough splits for all readers, none smaller than 1 MB or larger than 64 MB. */
export function chooseSplitBytes(totalBytes: number, parallelism: number): number {
  return Math.min(SPLIT_BYTES_MAX, Math.max(SPLIT_BYTES_MIN, Math.ceil(totalBytes / (parallelism * SPLITS_PER_READER))));
}

/** Even splits of about `splitBytes`; one for a file that cannot be split; none for an empty file. */
export function textSplits(path: string, fileBytes: number, splittable: boolean, splitBytes: number): TextSplit[] {
  if (fileBytes === 0) return [];
  const count = splittable ? Math.max(1, Math.floor(fileBytes / splitBytes)) : 1;
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((fileBytes * i) / count);
    const end = Math.floor((fileBytes * (i + 1)) / count);
    return {
      kind: 'text',
      splitId: `${path}@${start}`,
      path,
      fileBytes,
      start,
      end,
      position: start,
      atRecord: start === 0,
      linesBefore: start === 0 ? 0 : -1,
    };
  });
}
