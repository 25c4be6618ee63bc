// the server
export { RestServer, type RestServerOptions } from './rest-server.js';
export { restOptions } from './rest-options.js';
export type { RestFeatures } from './http/route.js';
export type { LogFileInfo, LogFiles } from './logs/log-files.js';
export { LogFolder } from './logs/log-folder.js';

// what it answers
export type { ErrorBody } from './http/error-answer.js';
export type * from './generated/schemas.js';
export { type Operations, operations } from './generated/operations.js';
export { FLINK_VERSION } from './routes/cluster.js';
export { isSecretKey, maskSecrets } from './model/secrets.js';

// metrics and spans out of the read models
export { ClusterMetrics, type ClusterReading } from './metrics/cluster-metrics.js';
export { ClusterMonitor, type ClusterMonitorOptions } from './metrics/cluster-monitor.js';
export { ClusterSpans } from './metrics/cluster-spans.js';

export {
  ArtifactHashError, BadRequestError, BodyTooLargeError, FeatureDisabledError, ForeignOriginError, NoLeaderError, PathNotFoundError, ResourceNotFoundError,
  RestBindError, RestBindNeedsTokenError, RestPortTakenError, UnauthorizedError,
} from './errors.js';
