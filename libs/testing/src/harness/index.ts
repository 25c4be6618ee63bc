export { type HarnessOptions, OperatorHarness } from './operator-harness.js';
export type { HarnessProgram } from './compile-harness.js';
export type { HarnessSnapshot } from './harness-snapshot.js';
