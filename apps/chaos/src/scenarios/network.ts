/** The network fails, and processes hang. */
import { SMALL } from '../cluster/shape.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { killNats } from '../faults/kills.js';
import { cutLeader, cutTaskManager, deafLeader, deafTaskManager, muteTaskManager, refuseTaskManager, resetTaskManager, slowTaskManager } from '../faults/links.js';
import { pauseLeader, pauseNats, pauseTaskManager } from '../faults/pauses.js';
import type { Scenario } from '../scenario.js';
import { AllInOne } from '../workloads/all-in-one.js';

export const networkScenarios: readonly Scenario[] = [
  {
    name: 'partitions', about: 'TaskManagers cut off from NATS: full, one-way, refused, reset', ci: true, seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [cutTaskManager, resetTaskManager, deafTaskManager, muteTaskManager, refuseTaskManager], pauseSeconds: [1, 3] })],
  },
  {
    name: 'partitioned-leader', about: 'the leader cut off from NATS, longer than its lease', seconds: 90, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [cutLeader, deafLeader], pauseSeconds: [1, 3] })],
  },
  {
    name: 'pauses', about: 'SIGSTOP of TaskManagers, leader and NATS; zombies that wake', ci: true, seconds: 70, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [pauseTaskManager, pauseNats, pauseLeader], pauseSeconds: [1, 3] })],
  },
  {
    name: 'slow-links', about: 'latency and a bounded rate between a TaskManager and NATS', seconds: 50, cluster: SMALL,
    workloads: () => [new AllInOne({ perSecond: 500 }), new FaultSchedule({ faults: [slowTaskManager], pauseSeconds: [2, 4] })],
  },
  {
    name: 'nats-cluster', about: 'three nats-servers; one after the other is killed', seconds: 70, cluster: { ...SMALL, natsServers: 3, settings: { 'nats.replicas': '3' } },
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killNats], pauseSeconds: [2, 5] })],
  },
];
