/** What planted bugs must be found by: the usual load, and faults of all kinds in quick succession, most of them aimed. */
import { SMALL } from '../cluster/shape.js';
import { aimed, PROTOCOL_POINTS } from '../faults/aimed.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { killEverything, killLeader, killNats, killTaskManager } from '../faults/kills.js';
import { resetTaskManager } from '../faults/links.js';
import { pauseTaskManager } from '../faults/pauses.js';
import type { Scenario } from '../scenario.js';
import { AllInOne } from '../workloads/all-in-one.js';

export const plantedScenario: Scenario = {
  name: 'planted', about: 'all kinds of faults, for planted bugs', seconds: 40, cluster: SMALL,
  workloads: () => [
    new AllInOne({ patienceSeconds: 90, lookSeconds: 6, perSecond: 500, settings: { 'execution.checkpointing.interval': '500 ms' } }),
    new FaultSchedule({
      faults: [
        aimed('commit', killTaskManager), killEverything, aimed('snapshot', killTaskManager), resetTaskManager, aimed('completion', killLeader), killNats, aimed('last ack', killTaskManager),
        pauseTaskManager, ...PROTOCOL_POINTS.map((point) => aimed(point, killEverything)),
      ],
      pauseSeconds: [0.3, 1.5], recoverySeconds: 30,
    }),
  ],
};
