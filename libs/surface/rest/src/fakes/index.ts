/** A cluster in memory behind the real gateway's interface, for tests of what talks to the REST server. */
export { FakeClusterGateway, type FakeCall } from './fake-cluster-gateway.js';
export { exampleJob, type ExampleJobOptions, exampleTaskManager, EXAMPLE_NOW } from './example-job.js';
export { exampleArtifact } from './example-artifact.js';
