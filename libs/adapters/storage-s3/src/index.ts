export { S3FileStore } from './s3-file-store.js';
export { s3Options, s3Settings, type S3Settings } from './s3-options.js';
export { withS3 } from './with-s3.js';
