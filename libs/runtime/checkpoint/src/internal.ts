/** Test seam: for this lib's own tests only. */
export { issueCommitPermit } from './commit-permit.js';
export { decodeMetadata, encodeMetadata } from './metadata-file.js';
