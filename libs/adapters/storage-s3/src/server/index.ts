export { findS3Server, S3Server, type S3ServerName } from './s3-server.js';
