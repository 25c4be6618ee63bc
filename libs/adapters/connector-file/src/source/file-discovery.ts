/** Finds the files that paths, directories and patterns name, and cuts them into splits. */
import type { BulkFormat, RecordFormat } from '@weir/connector';
import type { FileInfo, FileStore } from '@weir/ports';
import { InputNotFoundError, NoInputFilesError } from '../errors.js';
import { chooseSplitBytes, compareSplits, type FileSplit, textSplits } from './file-split.js';
import { isPattern, patternMatcher, patternRoot } from './path-pattern.js';

export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Files sorted by path, each once. Directories are searched to any depth; files and directories in them whose names start with `.` or `_`
 * are not seen. With `mayBeAbsent` nothing found is no error. Throws `WEIR_FILE_NOT_FOUND`, `WEIR_SOURCE_NO_FILES`.
 */
export async function discoverFiles(files: FileStore, paths: readonly string[], mayBeAbsent: boolean): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    const before = found.size;
    for (const file of await filesOf(files, path, mayBeAbsent)) found.set(file.path, { path: file.path, sizeBytes: file.sizeBytes });
    if (found.size === before && !mayBeAbsent && paths.length === 1) throw new NoInputFilesError(paths);
  }
  if (found.size === 0 && !mayBeAbsent) throw new NoInputFilesError(paths);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesOf(files: FileStore, path: string, mayBeAbsent: boolean): Promise<FileInfo[]> {
  if (isPattern(path) && (await files.stat(path)) === undefined) {
    const matches = patternMatcher(path);
    return (await filesBelow(files, patternRoot(path))).filter((file) => matches(file.path));
  }
  const info = await files.stat(path);
  if (info === undefined) {
    if (mayBeAbsent) return [];
    throw new InputNotFoundError(path);
  }
  return info.kind === 'file' ? [info] : filesBelow(files, path);
}

async function filesBelow(files: FileStore, directory: string): Promise<FileInfo[]> {
  const found: FileInfo[] = [];
  for (const entry of await files.list(directory)) {
    if (entry.name.startsWith('.') || entry.name.startsWith('_')) continue;
    if (entry.kind === 'file') found.push(entry);
    else found.push(...(await filesBelow(files, entry.path)));
  }
  return found;
}

/** Sorted by path and place. Bulk files are looked into: what their footers show to be wrong is thrown here, before any record is read. */
export async function planSplits<T>(
  files: FileStore,
  found: readonly FoundFile[],
  format: RecordFormat<T> | BulkFormat<T>,
  parallelism: number,
  splitBytes: number | undefined,
): Promise<FileSplit[]> {
  const splits: FileSplit[] = [];
  if (format.kind === 'record') {
    const bytes =
      splitBytes ??
      chooseSplitBytes(
        found.reduce((sum, file) => sum + file.sizeBytes, 0),
        parallelism,
      );
    for (const { path, sizeBytes } of found) splits.push(...textSplits(path, sizeBytes, format.splittable, bytes));
  } else {
    for (const { path, sizeBytes } of found) {
      for (const { unit } of await format.planFile({ path, sizeBytes, files })) {
        splits.push({ kind: 'bulk', splitId: `${path}#${unit}`, path, fileBytes: sizeBytes, unit, row: 0 });
      }
    }
  }
  return splits.sort(compareSplits);
}
