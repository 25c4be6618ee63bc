export { SourceHarness, type SourceHarnessOptions, type SourceHarnessState, type TakenRecord } from './source-harness.js';
export { connectorServices, sinkContext, type SinkContextOptions } from './connector-services.js';
