// source
export { FileSource, FileSourceBuilder, RecordFileSourceBuilder } from './source/file-source.js';
export type { FileEnumeratorState } from './source/file-enumerator.js';
export type { BulkSplit, FileSplit, TextSplit } from './source/file-split.js';
export type { MalformedPolicy } from './source/split-reader.js';
export { StandardInputSource, type StandardInputOptions, type StandardInputState } from './source/standard-input-source.js';
export { textLines } from './source/text-lines.js';
// sink
export { FileSink, FileSinkBuilder } from './sink/file-sink.js';
export { isFileOfAnotherJob } from './sink/part-file-name.js';
export type { FileCommittable } from './sink/file-committable.js';
export type { RollingPolicy } from './sink/file-sink-writer.js';
// errors
export {
  FileChangedError,
  FileCommitError,
  InputNotFoundError,
  InvalidFileSinkError,
  InvalidFileSourceError,
  NoInputFilesError,
  RecordRefusedError,
  RecordTooLargeError,
  type RefusedRecord,
  SinkDirectoryUnwritableError,
  SinkHistoryOvertakenError,
  SourceNotReplayableError,
  SplitKindError,
  TextLineUnwritableError,
} from './errors.js';
