// First module of a thread that runs TypeScript sources: a loader named on the command line does not reach a thread's first module. Workspace only.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
