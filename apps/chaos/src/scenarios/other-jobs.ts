/** Other jobs than the all-in-one under mixed faults. */
import { SMALL } from '../cluster/shape.js';
import { aimed } from '../faults/aimed.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { killAllTaskManagers, killEverything, killLeader, killNats, killTaskManager } from '../faults/kills.js';
import { cutTaskManager, resetTaskManager } from '../faults/links.js';
import { pauseTaskManager } from '../faults/pauses.js';
import type { Scenario } from '../scenario.js';
import { largeState, wideShuffle } from '../workloads/event-jobs.js';

export const otherJobScenarios: readonly Scenario[] = [
  {
    name: 'wide-shuffle', about: 'five hops over the network at parallelism 4, with links that break', seconds: 60, cluster: SMALL,
    workloads: () => [wideShuffle({ parallelism: 4 }), new FaultSchedule({ faults: [resetTaskManager, killTaskManager, killNats, pauseTaskManager, cutTaskManager], pauseSeconds: [0.5, 3] })],
  },
  {
    name: 'large-state', about: 'state on disk, 20,000 keys; processes die while it is written and read', ci: true, seconds: 60, cluster: SMALL,
    workloads: () => [
      largeState(),
      new FaultSchedule({ faults: [killTaskManager, aimed('snapshot', killTaskManager), killLeader, aimed('completion', killAllTaskManagers), killEverything], pauseSeconds: [0.5, 3] }),
    ],
  },
];
