/** Disks, clocks and memory fail. */
import { join } from 'node:path';
import { SMALL } from '../cluster/shape.js';
import { clockEnvironment, clockJump } from '../faults/clocks.js';
import { fillDisk, fsyncEnvironment, fsyncFault, loopDisk, powerCut, smallDisk } from '../faults/disks.js';
import { DamagedCheckpoints } from '../faults/damaged-checkpoints.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { needsCompiler, needsFaketime, needsLoopDisk, needsRoot } from '../native/native.js';
import type { Scenario } from '../scenario.js';
import { AllInOne } from '../workloads/all-in-one.js';

export const machineScenarios: readonly Scenario[] = [
  {
    name: 'full-disk', about: 'the disk of the checkpoints is full for some seconds', ci: true, seconds: 50, cluster: SMALL, needs: [needsRoot],
    prepare: ({ directory }) => Promise.resolve(smallDisk(join(directory, 'cluster/storage'), 48)),
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [fillDisk('full disk of checkpoints', ({ cluster }) => cluster.storage)], pauseSeconds: [2, 5] })],
  },
  {
    name: 'full-output', about: 'the disk of the output is full for some seconds', seconds: 50, cluster: SMALL, needs: [needsRoot],
    prepare: ({ directory }) => Promise.resolve(smallDisk(join(directory, 'output'), 64)),
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [fillDisk('full disk of output', ({ directory }) => join(directory, 'output'))], pauseSeconds: [2, 5] })],
  },
  {
    name: 'fsync', about: 'fsync fails, has no space, or takes long', seconds: 60, needs: [needsCompiler],
    cluster: SMALL, environment: ({ directory }) => ({ taskmanager: fsyncEnvironment(directory), jobmanager: fsyncEnvironment(directory) }),
    workloads: () => [new AllInOne(), new FaultSchedule({ faults: [fsyncFault('fsync EIO', 'fail'), fsyncFault('fsync 500 ms', 500), fsyncFault('fsync ENOSPC', 'full')], pauseSeconds: [2, 4] })],
  },
  {
    name: 'power-cut', about: 'the power of all disks and processes is cut', ci: true, seconds: 60, needs: [needsLoopDisk], cluster: SMALL, onDisk: true,
    prepare: (place) => Promise.resolve(loopDisk(place, 512)),
    workloads: () => [new AllInOne({ folder: 'disk/output' }), new FaultSchedule({ faults: [powerCut()], pauseSeconds: [3, 8] })],
  },
  {
    name: 'damaged-checkpoints', about: 'each file of a checkpoint is damaged or lost, in sixteen ways', seconds: 120, cluster: { ...SMALL, jobManagers: 1 },
    workloads: () => [new AllInOne({ perSecond: 500, patienceSeconds: 400 }), new DamagedCheckpoints()],
  },
  {
    name: 'clocks', about: 'wall clocks jump by an hour, on each role', seconds: 60, needs: [needsFaketime], cluster: SMALL,
    environment: ({ directory }) => ({ jobmanager: clockEnvironment(directory, 'jobmanager'), taskmanager: clockEnvironment(directory, 'taskmanager') }),
    workloads: () => [
      new AllInOne(),
      new FaultSchedule({ faults: [clockJump('jobmanager', 3600), clockJump('taskmanager', 3600), clockJump('jobmanager', -3600), clockJump('taskmanager', -3600)], pauseSeconds: [1, 3] }),
    ],
  },
];
