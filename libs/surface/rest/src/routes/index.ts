/** Every route that the server has. */
import type { Route } from '../http/route.js';
import { clusterRoutes } from './cluster.js';
import { jarRoutes } from './jars.js';
import { jobCheckpointRoutes } from './job-checkpoints.js';
import { jobMetricRoutes } from './job-metrics.js';
import { jobVertexRoutes } from './job-vertices.js';
import { jobRoutes } from './jobs.js';
import { savepointRoutes } from './savepoints.js';
import { taskManagerRoutes } from './taskmanagers.js';
import { weirRoutes } from './weir.js';

export const allRoutes: readonly Route[] = [
  ...clusterRoutes, ...taskManagerRoutes, ...jobRoutes, ...jobVertexRoutes, ...jobCheckpointRoutes, ...jobMetricRoutes, ...savepointRoutes, ...jarRoutes,
  ...weirRoutes,
];
