/**
 * One simulated history of a job on the embedded cluster: runs, faults, power cuts, resumptions, until it has finished; then the checks.
 *
 * I1: the committed multiset is that of the interpreter. I4, I9: observed by the ledger. I5: the coordinator's own cut check fails the job.
 * I13: nothing is left in actors, timers, subscriptions. I17: all of it within a virtual time limit.
 */
import { Configuration, jobId } from '@weir/base';
import type { JobEvent } from '@weir/cluster';
import { EmbeddedCluster } from '@weir/embedded';
import { type HighAvailability, InMemoryMeter, SeededRandom } from '@weir/ports';
import { type SimulatedNode, SimulatedWorld } from '../../src/index.js';
import { CountingTimers } from '../../src/simulate/counting-timers.js';
import { Faults, type FaultSite, type PlannedFault } from './faults.js';
import { fileSink, readOutput } from './file-output.js';
import { Ledger, LedgerSink, type SinkBug } from './ledger-sink.js';
import { Courier, NodeTransport } from './node-transport.js';
import { type ProtocolPoint, RegisterFaults, watchedFiles, watchedRegister } from './protocol-points.js';
import { formatItem, RandomPipeline } from './random-pipeline.js';

const JOB = jobId('feedfeedfeedfeedfeedfeedfeedfeed');
const SITES: readonly FaultSite[] = ['generate', 'map', 'process', 'timer', 'window', 'open', 'close', 'prepare', 'recover', 'commit', 'commit-applied'];

/** Bugs planted in what the run itself supplies, to see that the checks find them. */
export type PlantedBug = SinkBug | 'barrier-overtakes-records' | 'source-position-behind';

export interface EngineRunOptions {
  readonly bug?: PlantedBug;
}

export interface EngineRun {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly text: string;
  readonly traceHash: string;
  readonly checkpoints: number;
  readonly restarts: number;
  readonly lives: number;
  readonly faults: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
}

/**
 * What befalls one life. `zombie`: the process stands still, another one takes over, and then it wakes up. `point`: at the n-th time that this
 * step of a checkpoint's completion is reached, instead of at a time.
 */
interface Plan {
  readonly kind: 'power-cut' | 'cancel' | 'close' | 'zombie';
  readonly atMs: number;
  readonly point?: { readonly at: ProtocolPoint; readonly call: number };
  readonly wakeAfterMs: number;
}

export async function runEngine(seed: number, options: EngineRunOptions = {}): Promise<EngineRun> {
  const draw = new SeededRandom(`${seed}/engine`);
  const world = new SimulatedWorld({ seed, network: { redialMs: 300, detectMs: 200 } });
  const pipeline = new RandomPipeline(draw.stream('pipeline'));
  const faults = new Faults(drawFaults(draw.stream('faults')));
  const ledger = new Ledger(async () => (await world.highAvailability.readRegister(JOB))?.value.lastCompletedCheckpoint?.checkpointId ?? 0);
  const toFiles = draw.stream('sink').chance(0.3);
  const shifts = draw.stream('shifts');
  const plans = drawPlans(draw.stream('plans'));
  const courier = drawCourier(draw.stream('courier'));
  const register = drawRegisterFaults(draw.stream('register'));
  const unaligned = drawUnaligned(draw.stream('unaligned'));
  const configuration = Configuration.of({
    'execution.checkpointing.interval': `${draw.stream('no interval').chance(0.06) ? 0 : draw.pick([50, 100, 250])} ms`,
    'execution.checkpointing.timeout': '20 s',
    'execution.checkpointing.tolerable-failed-checkpoints': draw.pick(['0', '1000']),
    'execution.checkpointing.max-concurrent-checkpoints': draw.pick(['1', '1', '3']),
    'execution.checkpointing.data-inline-threshold': draw.pick(['0 b', '20 kb']),
    'taskmanager.network.frame-records': draw.pick(['1', '3', '256']),
    'taskmanager.network.frames-per-channel': draw.pick(['1', '2', '8']),
    'pipeline.auto-watermark-interval': draw.pick(['20 ms', '200 ms']),
    'pipeline.operator-chaining.enabled': draw.pick(['true', 'true', 'false']),
    'restart-strategy.type': 'exponential-delay',
    'sink.committer.retries': draw.pick(['0', '2', '10']),
    ...unaligned,
  }, 'program');
  let current: Process | undefined;
  const zombies: Process[] = [];
  drawNetworkFaults(world, draw.stream('network'), (forMs, toldAfterMs) => current?.transport.loseSilently(forMs, toldAfterMs));
  drawStalls(world, draw.stream('stalls'), () => current?.node);
  const disk = drawFileFaults(world, draw.stream('files'));

  const bug = options.bug ?? 'none';
  const problems: string[] = [];
  const events: JobEvent[] = [];
  let lives = 0;
  let restarts = 0;
  let state = 'never submitted';
  let describe = (): string => 'not accepted';
  try {
    for (; lives < 60 && state !== 'finished'; lives++) {
      const life = lives;
      const plan = plans[life];
      let pointReached = false;
      let calls = 0;
      const reached = (point: ProtocolPoint): void => {
        if (plan?.point?.at !== point || ++calls !== plan.point.call || current !== process) return;
        const strike = (): void => {
          if (current !== process || !process.node.alive) return;
          pointReached = true;
          world.pause(process.node.name); // not one step further
        };
        // What was withheld shows its consequences later.
        if (point === 'register-unknown') world.after(plan.wakeAfterMs, 'point reached', strike);
        else strike();
      };
      const process: Process = await startProcess(world, { name: zombies.length === 0 ? 'process' : `process-${zombies.length + 1}`, life, bug, courier, register, reached });
      current = process;
      const { node, timers, transport, cluster } = process;
      const createSink = toFiles ? fileSink : () => new LedgerSink(ledger, faults, formatItem, bug);
      const program = pipeline.program(faults, createSink, lives === 0 ? 0 : shifts.nextInt(4), bug === 'source-position-behind');
      const submitted = cluster.submit(program, {
        jobId: JOB, checkpointDirectory: `/checkpoints/${JOB}`, highAvailability: process.highAvailability, configuration, start: lives === 0 ? 'fresh' : 'resume', earlierJobIds: [],
      });
      let settled = false;
      let canceling = false;
      const outcome = submitted.then(async (handle) => {
        handle.onEvent((event) => events.push(event));
        describe = () => {
          const { state: now, checkpoints, vertices } = handle.status();
          return JSON.stringify({ now, checkpoints, vertices: vertices.map(({ name, subtaskStates }) => ({ name, subtaskStates })) });
        };
        if (plan?.kind === 'cancel') {
          world.after(plan.atMs, 'cancel', () => {
            if (!node.alive) return;
            canceling = true;
            handle.cancel();
          });
        }
        const result = await handle.result;
        restarts += result.status.restarts;
        return `${result.state}${result.failure === undefined ? '' : `: ${result.failure.code} ${result.failure.message}`}`;
      }).catch((rejected: unknown) => `rejected: ${(rejected as { code?: string }).code ?? ''} ${String(rejected)}`);
      void outcome.then((text) => {
        settled = true;
        if (current === process) state = text;
      });
      const startedMs = world.nowMs;
      const injectedBefore = disk.injected;
      const isDue = (): boolean => pointReached || (plan !== undefined && plan.kind !== 'cancel' && plan.point === undefined && world.nowMs - startedMs >= plan.atMs);
      if (plan !== undefined && plan.kind !== 'cancel') world.after(plan.atMs, plan.kind, () => undefined);
      await world.until(() => settled || isDue(), { withinMs: 300_000 });
      if (!settled && plan?.kind === 'power-cut') {
        world.powerCut();
        for (const dead of [...zombies, process]) dead.transport.crash();
        await register.rollBack(world.highAvailability, JOB);
        state = 'power cut';
        continue;
      }
      if (!settled && plan?.kind === 'zombie') {
        zombies.push(process);
        world.pause(node.name);
        world.after(plan.wakeAfterMs, 'zombie wakes', () => { if (node.alive) world.resume(node.name); });
        state = 'zombie';
        continue;
      }
      if (node.paused) world.resume(node.name);
      const running = !settled;
      await world.resolved(cluster.close());
      await world.runFor(100);
      const left = { ...cluster.counts(), ports: timers.live, subscribed: zombies.length > 0 ? 0 : world.transport.subscriptionCount };
      if (Object.values(left).some((count) => count !== 0)) problems.push(`I13: left behind after ${state}: ${JSON.stringify(left)}`);
      if (!settled) problems.push(`close did not end the job: ${describe()}`);
      const recorded = (await world.highAvailability.readRegister(JOB))?.value;
      if (running && !canceling && recorded?.status === 'canceled') problems.push('I11: the job was suspended, and its register says that it was canceled');
      transport.crash();
      world.crash(node.name);
      const excused = disk.injected > injectedBefore;
      if (state.startsWith('rejected') && !excused) {
        if (state.includes('WEIR_JOB_ALREADY_FINISHED')) state = 'finished';
        else {
          problems.push(`submission ${lives} ${state}`);
          break;
        }
      }
      if (state.startsWith('failed') && !excused) {
        problems.push(`job ${state}`);
        break;
      }
    }
    // Zombies get time to do what they must not do.
    if (zombies.length > 0) await world.runFor(1000);
  } catch (error) {
    problems.push(`I17: ${error instanceof Error ? error.message : String(error)}\n  status: ${describe()}`);
  }
  for (const { node, transport } of zombies) {
    transport.crash();
    if (node.alive) world.crash(node.name);
  }
  if (problems.length === 0 && state !== 'finished') problems.push(`the job did not finish in ${lives} lives: ${state}`);
  const recorded = (await world.highAvailability.readRegister(JOB))?.value;
  if (problems.length === 0 && recorded?.status !== 'finished') problems.push(`I11: the job has finished, and its register says ${recorded?.status}`);
  problems.push(...ledger.violations);
  world.files.failWhen(undefined);
  const output = toFiles ? await readOutput(world.files) : { visible: ledger.visible, staging: [...ledger.prepared.keys()] };
  if (problems.length === 0) problems.push(...differences(pipeline.expected(), [...output.visible].sort()));
  // What a zombie prepared after its successor had cleaned up stays until the next restore.
  if (problems.length === 0 && zombies.length === 0 && output.staging.length > 0) problems.push(`I9: ${output.staging.length} transactions are neither committed nor aborted: ${output.staging.join(', ')}`);
  const checkpoints = events.filter(({ type }) => type === 'checkpoint-completed').length;
  return {
    seed, problems, text: `${pipeline.text}${toFiles ? ' to files' : ''}`, traceHash: world.traceHash, checkpoints, restarts, lives, faults: faults.happened.map(({ site }) => site), virtualMs: world.nowMs, steps: world.steps,
  };
}

interface Process {
  readonly node: SimulatedNode;
  readonly timers: CountingTimers;
  readonly transport: NodeTransport;
  readonly cluster: EmbeddedCluster;
  readonly highAvailability: HighAvailability;
}
interface ProcessOptions {
  readonly name: string;
  readonly life: number;
  readonly bug: PlantedBug;
  readonly courier: Courier;
  readonly register: RegisterFaults;
  readonly reached: (point: ProtocolPoint) => void;
}

async function startProcess(world: SimulatedWorld, { name, life, bug, courier, register, reached }: ProcessOptions): Promise<Process> {
  const node = world.node(name);
  const timers = new CountingTimers(node.timers);
  const transport = new NodeTransport(world, `life-${life}`, courier, bug === 'barrier-overtakes-records');
  const cluster = new EmbeddedCluster({
    clock: node.clock, timers, random: node.random, logger: node.logger, files: watchedFiles(node.files, reached), transport, meter: new InMemoryMeter(),
  });
  await world.resolved(cluster.start());
  return { node, timers, transport, cluster, highAvailability: watchedRegister(node.highAvailability, register, reached) };
}

/** In a third of all runs barriers overtake, at once or after a while. */
function drawUnaligned(random: SeededRandom): Readonly<Record<string, string>> {
  if (!random.chance(0.35)) return {};
  return {
    'execution.checkpointing.unaligned.enabled': 'true', 'execution.checkpointing.aligned-checkpoint-timeout': random.pick(['0 ms', '2 ms', '20 ms']),
    'execution.checkpointing.max-concurrent-checkpoints': '1',
  };
}

function drawFaults(random: SeededRandom): PlannedFault[] {
  if (random.chance(0.2)) return [];
  return Array.from({ length: 1 + random.nextInt(4) }, () => {
    const site = random.pick(SITES);
    const rare = ['open', 'close', 'prepare', 'recover', 'commit', 'commit-applied'].includes(site);
    return { site, call: 1 + random.nextInt(rare ? 12 : 100) };
  });
}

function drawPlans(random: SeededRandom): Plan[] {
  const overtaken = random.stream('overtaken');
  if (overtaken.chance(0.06)) return overtakenLeader(overtaken);
  if (random.chance(0.4)) return [];
  const plans: Plan[] = Array.from({ length: 1 + random.nextInt(3) }, () => ({
    atMs: 20 + random.nextInt(900), kind: random.pick(['power-cut', 'power-cut', 'cancel', 'close', 'zombie'] as const), wakeAfterMs: 5 + random.nextInt(600),
  }));
  return plans.map((plan) => {
    if ((plan.kind !== 'power-cut' && plan.kind !== 'zombie') || random.chance(0.5)) return plan;
    // The first writes of the register belong to the recovery.
    const at = random.pick(['before-metadata', 'before-register', 'register-set', 'register-unknown'] as const);
    return { ...plan, point: { at, call: 1 + random.nextInt(at === 'register-unknown' ? 2 : 5) } };
  });
}

/**
 * A story of two faults that chance tells too rarely: a leader stands still before it writes metadata, its successor starts from the checkpoint
 * before, the metadata comes, void, and the power fails before the successor has completed anything.
 */
function overtakenLeader(random: SeededRandom): Plan[] {
  return [
    { kind: 'zombie', atMs: 0, point: { at: 'before-metadata', call: 2 + random.nextInt(4) }, wakeAfterMs: 30 + random.nextInt(60) },
    { kind: 'power-cut', atMs: 60 + random.nextInt(200), wakeAfterMs: 0 },
  ];
}

/** The process stands still while messages pile up, as in a long turn of its event loop: then records and barriers come in one burst. */
function drawStalls(world: SimulatedWorld, random: SeededRandom, current: () => SimulatedNode | undefined): void {
  const gapMs = random.pick([0, 40, 150]);
  if (gapMs === 0) return;
  for (let atMs = gapMs; atMs < 2000; atMs += gapMs + random.nextInt(gapMs)) {
    const forMs = 3 + random.nextInt(30);
    world.after(atMs, 'stall', () => {
      const node = current();
      if (node?.alive !== true || node.paused) return;
      world.pause(node.name);
      world.after(forMs, 'stall over', () => { if (node.alive && current() === node) world.resume(node.name); });
    });
  }
}

/** What happens to single messages: doubled, late subscribers, and one that is lost without a sign. */
function drawCourier(random: SeededRandom): Courier {
  const kinds = ['data', 'credit', 'barrier', 'watermark', 'end-of-data'] as const;
  return new Courier({
    duplicates: random.chance(0.25) ? random.pick([0.02, 0.3]) : 0,
    replayMs: random.pick([0, 150, 400]),
    subscribeMs: random.chance(0.15) ? random.pick([5, 60, 400]) : 0,
    losses: random.chance(0.25) ? Array.from({ length: 1 + random.nextInt(3) }, () => {
      const kind = random.pick(kinds);
      return { kind, call: 1 + random.nextInt(kind === 'end-of-data' ? 4 : 40) };
    }) : [],
    random: random.stream('messages'),
  });
}

function drawRegisterFaults(random: SeededRandom): RegisterFaults {
  return new RegisterFaults(random.stream('outcomes'), random.chance(0.4) ? random.pick([0.1, 0.4]) : 0, random.chance(0.3) ? 0.7 : 0);
}

function drawNetworkFaults(world: SimulatedWorld, random: SeededRandom, loseSilently: (forMs: number, toldAfterMs: number) => void): void {
  if (random.chance(0.5)) return;
  if (random.chance(0.5)) {
    const forMs = random.pick([1, 5, 30]);
    for (let n = random.nextInt(3); n >= 0; n--) world.after(50 + random.nextInt(500), 'silent loss', () => loseSilently(forMs, random.pick([2000, Infinity])));
    return;
  }
  for (let n = random.nextInt(3); n >= 0; n--) world.after(50 + random.nextInt(700), 'break data', () => world.disconnect('tm-1/data'));
}

function drawFileFaults(world: SimulatedWorld, random: SeededRandom): { injected: number } {
  const disk = { injected: 0 };
  if (random.chance(0.6)) return disk;
  const from = 50 + random.nextInt(1000);
  const to = from + 50 + random.nextInt(400);
  const share = random.pick([0.02, 0.2, 0.7]);
  const kind = random.pick(['io', 'no-space'] as const);
  const writing = new Set(['create', 'createExclusive', 'write', 'sync', 'rename', 'makeDirectory', 'syncDirectory']);
  world.files.failWhen((operation) => {
    if (world.nowMs < from || world.nowMs > to || !random.chance(share)) return undefined;
    if (!writing.has(operation) && operation !== 'read') return undefined;
    disk.injected++;
    if (operation === 'read') return 'io';
    return random.chance(0.3) ? { failure: kind, applied: true } : kind;
  });
  return disk;
}

function differences(expected: readonly string[], actual: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of actual) counts.set(line, (counts.get(line) ?? 0) + 1);
  const missing = [...counts].filter(([, count]) => count < 0).map(([line, count]) => `${line} (${-count})`);
  const extra = [...counts].filter(([, count]) => count > 0).map(([line, count]) => `${line} (${count})`);
  if (missing.length + extra.length === 0) return [];
  return [`I1: of ${expected.length} expected and ${actual.length} visible lines, ${missing.length} are missing (${missing.slice(0, 5).join('; ')}) and ${extra.length} are too many (${extra.slice(0, 5).join('; ')})`];
}
