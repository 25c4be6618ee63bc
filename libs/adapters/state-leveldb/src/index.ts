export { leveldbStateBackend, levelStateBackends } from './level-backends.js';
export type { LevelStateBackendsOptions } from './level-backends.js';
export type { LevelBackendOptions } from './level-backend.js';
export { StateStoreError } from './errors.js';
