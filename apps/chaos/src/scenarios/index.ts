/** All scenarios, by name. */
import type { Scenario } from '../scenario.js';
import { killScenarios } from './kills.js';
import { machineScenarios } from './machine.js';
import { networkScenarios } from './network.js';
import { otherJobScenarios } from './other-jobs.js';

export const scenarios: readonly Scenario[] = [...killScenarios, ...networkScenarios, ...machineScenarios, ...otherJobScenarios];
