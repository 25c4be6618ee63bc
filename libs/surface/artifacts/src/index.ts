// the artifact
export { artifactHash, materialize, PLACE_FUNCTION, PLACE_LINE, sha256, type JobArtifact, type OpenImport, type SourceMapJson } from './job-artifact.js';
export { ArtifactStore } from './artifact-store.js';
// from artifact to job
export { bundleFolder, importResolver, type ImportResolver } from './import-resolver.js';
export { importJob } from './job-module.js';
export { ProgramLoader, toStoredArtifact } from './program-loader.js';
// errors
export { ArtifactDamagedError, JobModuleFailedError, JobModuleInvalidError, NoJobInModuleError, type SourcePosition } from './errors.js';
