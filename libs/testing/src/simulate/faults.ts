/**
 * Which faults a run meets: drawn from its seed by swarm (each class is on with one half, its rate log-uniform), half of them aimed at
 * points of the protocol, half at any time. A plan is a list, so that it can be shrunk fault by fault.
 */
import type { SeededRandom } from '@weir/ports';
import type { ProtocolPoint } from './outside-world.js';

/**
 * `task-failure`: a task throws at a point of the protocol. `process-crash`: kill -9 of every JobManager and TaskManager, the disk keeps all.
 * `power-cut`: the same, and the disk loses what was not synced. `disconnect`: a data connection breaks and loses its tail. `silent-loss`:
 * it loses messages and tells much later. `partition`: nothing arrives on it for a while. `control-partition`: a JobManager and a TaskManager do
 * not hear each other for a while, shorter than their timeout. `delay`: slow messages. `pause`: a process stands still, then everything
 * comes in a burst. `disk-error`: EIO, ENOSPC, a failed fsync, before or after the operation took effect. `slow-disk`: file operations take
 * long. `clock-jump`: the wall clock steps. `rescale`: after a crash the job goes on with another default parallelism (one process).
 *
 * On a cluster of several processes also: `task-manager-crash`, `job-manager-crash`: kill -9 of one, which starts again later; `node-partition`:
 * two processes do not hear each other, or one not the other, for up to thrice their timeout; `register-fault`: the leader register does not answer,
 * answers late, or after it took effect as if it had not, shows old values, goes back or is lost. And what users do: `savepoint`; `stop-and-resume`:
 * the job stops, or is cancelled, with a savepoint, and another one goes on from it, perhaps with another parallelism or on another state backend; `drain`:
 * the job stops for good, all its windows and timers having fired; `cancel`.
 */
const PROCESS_CLASSES = [
  'task-failure', 'process-crash', 'power-cut', 'disconnect', 'silent-loss', 'partition', 'control-partition', 'delay', 'pause', 'disk-error', 'slow-disk', 'clock-jump', 'rescale',
] as const;
const CLUSTER_CLASSES = ['task-manager-crash', 'job-manager-crash', 'node-partition', 'register-fault', 'savepoint', 'stop-and-resume', 'drain', 'cancel'] as const;
export const FAULT_CLASSES = [...PROCESS_CLASSES, ...CLUSTER_CLASSES] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];
/** `process`: all of the cluster in one process, two nodes. `cluster`: JobManagers and TaskManagers, each in a process of its own. */
export type Deployment = 'process' | 'cluster';

/** Per class: false never, true in each run, or the share of runs that have it. Default 0.5, of `drain` 0.1, of `cancel` 0.03. */
export type FaultOptions = Readonly<Record<FaultClass, boolean | number>>;

/** What a fault may wait for. */
export type AimPoint = ProtocolPoint | 'checkpoint-storing' | 'checkpoint-completed' | 'restarting' | 'running' | 'leader-granted' | 'slots-granted' | 'savepoint-begun' | 'savepoint-completed' | 'job-ended';
export type FaultTime = { readonly atMs: number } | { readonly point: AimPoint; readonly occurrence: number; readonly plusMs: number };

export type Fault =
  | { readonly class: 'task-failure'; readonly time: FaultTime; readonly where: ProtocolPoint }
  | { readonly class: 'process-crash' | 'power-cut' | 'disconnect'; readonly time: FaultTime }
  | { readonly class: 'silent-loss'; readonly time: FaultTime; readonly forMs: number; readonly toldAfterMs: number }
  | { readonly class: 'partition' | 'control-partition'; readonly time: FaultTime; readonly forMs: number }
  | { readonly class: 'pause'; readonly time: FaultTime; readonly who: 'anybody' | 'leader'; readonly forMs: number }
  | { readonly class: 'delay'; readonly share: number; readonly upToMs: number }
  | { readonly class: 'disk-error'; readonly time: FaultTime; readonly forMs: number; readonly share: number; readonly failure: 'io' | 'no-space' }
  | { readonly class: 'slow-disk'; readonly time: FaultTime; readonly forMs: number; readonly upToMs: number }
  | { readonly class: 'clock-jump'; readonly time: FaultTime; readonly byMs: number }
  | { readonly class: 'rescale'; readonly life: number; readonly parallelism: number }
  | { readonly class: 'task-manager-crash'; readonly time: FaultTime; readonly restartMs: number }
  | { readonly class: 'job-manager-crash'; readonly time: FaultTime; readonly who: 'leader' | 'standby'; readonly restartMs: number }
  | { readonly class: 'node-partition'; readonly time: FaultTime; readonly direction: 'both' | 'one-way'; readonly forMs: number }
  | { readonly class: 'register-fault'; readonly time: FaultTime; readonly how: RegisterTrouble; readonly forMs: number; readonly share: number }
  | { readonly class: 'savepoint' | 'drain' | 'cancel'; readonly time: FaultTime }
  | { readonly class: 'stop-and-resume'; readonly time: FaultTime; readonly how: 'suspend' | 'cancel'; readonly parallelism: number; readonly backend: StateBackendType };
export type RegisterTrouble = 'unreachable' | 'applied' | 'stale' | 'slow' | 'lost' | 'back';
/** Of `state.backend.type`. */
export type StateBackendType = 'heap' | 'leveldb';

/** Faults begin within this time of the start; afterwards everything is healed and the job must end. */
export const SAFETY_PHASE_MS: Readonly<Record<Deployment, number>> = { process: 20_000, cluster: 40_000 };

const AIMS: readonly AimPoint[] = ['prepare', 'prepared', 'commit', 'committed', 'recover', 'checkpoint-completed', 'restarting', 'running'];
const CLUSTER_AIMS: readonly AimPoint[] = [...AIMS, 'leader-granted', 'slots-granted', 'savepoint-begun', 'savepoint-completed', 'job-ended'];
const FAILURE_POINTS: readonly ProtocolPoint[] = ['write', 'write', 'prepare', 'prepared', 'commit', 'committed', 'recover'];

/** How long the job runs undisturbed, about. */
const LENGTH_MS: Readonly<Record<Deployment, number>> = { process: 800, cluster: 1500 };
const DEFAULT_SHARES: Partial<Record<FaultClass, number>> = { drain: 0.1, cancel: 0.03 };

export function drawFaults(random: SeededRandom, options: Partial<FaultOptions>, deployment: Deployment): Fault[] {
  const classes: readonly FaultClass[] = deployment === 'process' ? PROCESS_CLASSES : FAULT_CLASSES.filter((kind) => kind !== 'rescale');
  return classes.flatMap((kind) => {
    const own = random.stream(kind);
    const share = options[kind] ?? DEFAULT_SHARES[kind] ?? 0.5;
    if (!own.chance(typeof share === 'number' ? share : share ? 1 : 0)) return [];
    const most = MOST[kind] ?? 5;
    const count = kind === 'delay' ? 1 : Math.max(1, Math.round(logUniform(own, 0.7, most)));
    return Array.from({ length: count }, () => drawFault(own, kind, deployment));
  });
}
/** Of one class in one run. */
const MOST: Partial<Record<FaultClass, number>> = { pause: 16, 'power-cut': 3, 'process-crash': 3, 'stop-and-resume': 3, drain: 1, cancel: 1 };

function logUniform(random: SeededRandom, from: number, to: number): number {
  return from * (to / from) ** random.next();
}

function drawFault(random: SeededRandom, kind: FaultClass, deployment: Deployment): Fault {
  const time = drawTime(random, deployment);
  switch (kind) {
    case 'task-failure':
      return { class: kind, time, where: random.pick(FAILURE_POINTS) };
    case 'process-crash': case 'power-cut': case 'disconnect':
      return { class: kind, time };
    case 'silent-loss':
      return { class: kind, time, forMs: Math.ceil(logUniform(random, 1, 30)), toldAfterMs: 50 + random.nextInt(2000) };
    case 'partition': case 'control-partition':
      return { class: kind, time, forMs: Math.ceil(logUniform(random, 5, 3000)) };
    case 'pause':
      return atStoring(random, deployment)
        ?? { class: kind, time, forMs: Math.ceil(logUniform(random, 2, deployment === 'process' ? 2000 : 20_000)), who: random.pick(['anybody', 'anybody', 'leader']) };
    case 'delay':
      return { class: kind, share: logUniform(random, 0.005, 0.3), upToMs: Math.ceil(logUniform(random, 5, 500)) };
    case 'disk-error':
      return { class: kind, time: atTakeover(random, deployment) ?? time, forMs: Math.ceil(logUniform(random, 10, 500)), share: logUniform(random, 0.02, 1), failure: random.pick(['io', 'no-space']) };
    case 'slow-disk':
      return { class: kind, time, forMs: Math.ceil(logUniform(random, 10, 2000)), upToMs: Math.ceil(logUniform(random, 5, 1000)) };
    case 'clock-jump':
      return { class: kind, time, byMs: random.pick([-1, 1]) * Math.ceil(logUniform(random, 1, 3_600_000)) };
    case 'rescale':
      return { class: kind, life: 1 + random.nextInt(3), parallelism: 1 + random.nextInt(4) };
    case 'task-manager-crash':
      return { class: kind, time, restartMs: restartAfter(random) };
    case 'job-manager-crash':
      return { class: kind, time, who: random.pick(['leader', 'leader', 'standby']), restartMs: restartAfter(random) };
    case 'node-partition':
      return { class: kind, time, direction: random.pick(['both', 'one-way']), forMs: Math.ceil(logUniform(random, 50, 15_000)) };
    case 'register-fault':
      return {
        class: kind, time, how: random.pick(['unreachable', 'unreachable', 'applied', 'stale', 'slow', 'lost', 'back']), forMs: Math.ceil(logUniform(random, 100, 20_000)),
        share: logUniform(random, 0.1, 1),
      };
    case 'savepoint': case 'drain': case 'cancel':
      return { class: kind, time };
    case 'stop-and-resume':
      return { class: kind, time, how: random.pick(['suspend', 'suspend', 'cancel']), parallelism: 1 + random.nextInt(4), backend: random.pick(['heap', 'leveldb']) };
  }
}

/** A new leader lists and reads all that there is in a few milliseconds: seldom hit by chance. */
function atTakeover(random: SeededRandom, deployment: Deployment): FaultTime | undefined {
  if (deployment === 'process' || !random.chance(0.2)) return undefined;
  return { point: 'leader-granted', occurrence: 1 + random.nextInt(3), plusMs: 0 };
}

/** A leader that stands still while it stores a checkpoint, until another one has its jobs. */
function atStoring(random: SeededRandom, deployment: Deployment): Extract<Fault, { class: 'pause' }> | undefined {
  if (deployment === 'process' || !random.chance(0.05)) return undefined;
  const time: FaultTime = { point: 'checkpoint-storing', occurrence: 1 + random.nextInt(8), plusMs: random.next() * 2 };
  return { class: 'pause', who: 'leader', time, forMs: Math.ceil(logUniform(random, 5500, 25_000)) };
}

/** At once to 20 s. */
function restartAfter(random: SeededRandom): number {
  return Math.ceil(logUniform(random, 1, 20_000));
}

function drawTime(random: SeededRandom, deployment: Deployment): FaultTime {
  if (random.chance(0.5)) return { atMs: Math.ceil(random.next() * LENGTH_MS[deployment] * 1.5) };
  return { point: random.pick(deployment === 'process' ? AIMS : CLUSTER_AIMS), occurrence: Math.ceil(logUniform(random, 0.5, 30)), plusMs: random.pick([0, 0, random.next() * 3, random.next() * 30]) };
}

export function formatFault(fault: Fault): string {
  const { class: kind, ...rest } = fault;
  const parts = Object.entries(rest).filter(([name]) => name !== 'time').map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : String(value)}`);
  return [kind, ...('time' in fault ? [formatTime(fault.time)] : []), ...parts].join(', ');
}

function formatTime(time: FaultTime): string {
  if ('atMs' in time) return `at ${time.atMs} ms`;
  return `${time.plusMs === 0 ? 'at' : `${Number(time.plusMs.toPrecision(3))} ms after`} ${time.point} number ${time.occurrence}`;
}
