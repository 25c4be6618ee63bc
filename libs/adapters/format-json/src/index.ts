export { jsonLines, type JsonLinesOptions } from './json-lines.js';
export { RecordUnwritableError } from './errors.js';
