/** Not in the list: `npm run chaos -- soak --minutes N`. */
import { join } from 'node:path';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { killNats, killSpare } from '../faults/kills.js';
import { resetTaskManager } from '../faults/links.js';
import { pauseTaskManager } from '../faults/pauses.js';
import type { Scenario } from '../scenario.js';
import { probing } from '../soak/probing.js';
import { ResourceMonitor } from '../soak/resource-monitor.js';
import { AllInOne } from '../workloads/all-in-one.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly perSecond: number;
  readonly nice: number;
  readonly directory: string;
}

/** One TaskManager is killed again and again; the other one and the JobManagers live through all other faults, so that there is a slope to look at. */
export function soak({ minutes, perSecond, nice, directory }: SoakOptions): Scenario {
  const probes = join(directory, 'soak/probes');
  return {
    name: 'soak', about: 'a long run under load with a fault a minute', seconds: minutes * 60,
    cluster: {
      jobManagers: 2, taskManagers: 2, slots: 2, natsServers: 1, nice,
      environment: { jobmanager: probing(probes), taskmanager: probing(probes) },
    },
    workloads: () => [
      new AllInOne({ parallelism: 3, perSecond, every: 100, keys: 50, lookSeconds: 600, patienceSeconds: 240, settings: { 'execution.checkpointing.interval': '5 s' } }),
      new FaultSchedule({ faults: [killSpare, resetTaskManager, pauseTaskManager, killSpare, killNats], pauseSeconds: [50, 60], tolerant: true }),
      new ResourceMonitor({ probes, warmUpMinutes: 10, judgeFromMinutes: 30, barMbPerHour: 1 }),
    ],
  };
}
