export * from './errors.js';
export * from './ids.js';
export * from './hash.js';
export * from './crc32.js';
export * from './bytes.js';
export * from './config.js';
export * from './specialize.js';
