export { type ClusterStatus, type StopOptions, type SubmitWithArtifact, type WaitOptions, WeirClient, type WeirClientOptions } from './weir-client.js';
export type { Fetch } from './connection.js';
export { ClusterAnswerError, ClusterUnreachableError, ClusterUrlError, WaitTimeoutError } from './errors.js';
