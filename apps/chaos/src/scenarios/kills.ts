/** Processes die. */
import { SMALL } from '../cluster/shape.js';
import { aimed, PROTOCOL_POINTS } from '../faults/aimed.js';
import { drainLeader, drainTaskManager } from '../faults/drains.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { killAllJobManagers, killAllTaskManagers, killEverything, killLeader, killNats, killTaskManager } from '../faults/kills.js';
import { wipeNats } from '../faults/nats-data.js';
import type { Scenario } from '../scenario.js';
import { AllInOne } from '../workloads/all-in-one.js';

export const killScenarios: readonly Scenario[] = [
  {
    name: 'kill-taskmanagers', about: 'kill -9 of one TaskManager, then of all, again and again', ci: true, seconds: 50, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killTaskManager, killAllTaskManagers, killTaskManager], pauseSeconds: [1, 5] })],
  },
  {
    name: 'kill-jobmanagers', about: 'kill -9 of the leader and of all JobManagers', ci: true, seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killLeader, killAllJobManagers, killLeader], pauseSeconds: [1, 4] })],
  },
  {
    name: 'kill-nats', about: 'kill -9 of the only nats-server', ci: true, seconds: 50, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killNats], pauseSeconds: [1, 5] })],
  },
  {
    name: 'kill-everything', about: 'kill -9 of every process at once', seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killEverything], pauseSeconds: [2, 6] })],
  },
  {
    name: 'kill-mixed', about: 'kill -9 of whatever comes', seconds: 80, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [killTaskManager, killTaskManager, killLeader, killNats, killEverything, drainTaskManager], shuffled: true, pauseSeconds: [0.5, 3] })],
  },
  {
    name: 'aimed-taskmanager', about: 'kill -9 of a TaskManager within 50 ms of each point of the checkpoint protocol', ci: true, seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: PROTOCOL_POINTS.map((point) => aimed(point, killTaskManager)), pauseSeconds: [0.5, 2] })],
  },
  {
    name: 'aimed-leader', about: 'kill -9 of the leader within 50 ms of each point of the checkpoint protocol', seconds: 80, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: PROTOCOL_POINTS.map((point) => aimed(point, killLeader)), pauseSeconds: [0.5, 2] })],
  },
  {
    name: 'aimed-nats', about: 'kill -9 of NATS within 50 ms of each point of the checkpoint protocol', seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: PROTOCOL_POINTS.map((point) => aimed(point, killNats)), pauseSeconds: [0.5, 2] })],
  },
  {
    name: 'drains', about: 'SIGTERM of TaskManagers and of the leader', seconds: 50, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [drainTaskManager, drainLeader], pauseSeconds: [1, 4] })],
  },
  {
    name: 'wiped-nats', about: 'NATS loses all its data', seconds: 60, cluster: SMALL,
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [wipeNats()], pauseSeconds: [3, 6] })],
  },
];
