export { LocalFileStore, type LocalFileStoreOptions } from './local-file-store.js';
export { FileHighAvailability } from './file-high-availability.js';
export { RegisterDamagedError, RegisterOutcomeUnknownError } from './errors.js';
