export * from './source.js';
export * from './sink.js';
export { CollectionSource, DataGeneratorSource, SequenceSource, type DataGeneratorOptions } from './in-memory/indexed-source.js';
export type { IndexRangeSplit } from './in-memory/index-range-split.js';
export type { IndexRangeEnumeratorState } from './in-memory/index-range-enumerator.js';
export { CollectSink, type CollectCommittable } from './in-memory/collect-sink.js';
export { PrintSink, type LineWriter } from './in-memory/print-sink.js';
export { CollectedResultsLostError, InvalidSourceError } from './errors.js';
export type {
  BulkFormat,
  BulkReader,
  BulkUnit,
  BulkWindow,
  BulkWriter,
  FormatFile,
  MalformedRecord,
  ParserContext,
  RecordEncoder,
  RecordFormat,
  RecordParser,
} from './file-format.js';
export { LineParser } from './line-parser.js';
export { RecordRejection, RecordRun, type RejectedRecord } from './record-run.js';
