/**
 * One simulated history of a job on the embedded cluster: runs, faults, power cuts, resumptions, until it has finished; then the checks.
 *
 * I1: the committed multiset is that of the interpreter. I4, I9: observed by the ledger. I5: the coordinator's own cut check fails the job.
 * I13: nothing is left in actors, timers, subscriptions. I17: all of it within a virtual time limit.
 */
import { Configuration, jobId } from '@weir/base';
import type { JobEvent } from '@weir/cluster';
import { EmbeddedCluster } from '@weir/embedded';
import { type Connection, type ConnectionPurpose, InMemoryMeter, SeededRandom, type Timers, type Transport } from '@weir/ports';
import { type EventOwner, type SimulatedNode, SimulatedWorld } from '../../src/index.js';
import { Faults, type FaultSite, type PlannedFault } from './faults.js';
import { Ledger, LedgerSink, type SinkBug } from './ledger-sink.js';
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

type Plan = { readonly atMs: number; readonly kind: 'power-cut' | 'cancel' | 'close' };

/** Counts what was armed and neither ran nor was cancelled. */
class CountingTimers implements Timers {
  live = 0;
  constructor(private readonly inner: Timers) {}
  after(delayMs: number, callback: () => void): () => void {
    this.live++;
    let over = false;
    const end = (): void => {
      if (!over) this.live--;
      over = true;
    };
    const cancel = this.inner.after(delayMs, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }
  defer(callback: () => void): void {
    this.inner.defer(callback);
  }
}

/** A connection per node and purpose, each to be broken on its own; all die with the process. */
class NodeTransport implements Transport {
  readonly kind = 'simulated';
  readonly byReference = true;
  private readonly owners: EventOwner[] = [];
  private data: DataConnection | undefined;
  constructor(private readonly world: SimulatedWorld, private readonly bug: PlantedBug) {}
  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    const owner = { name: `${nodeId}/${purpose}`, alive: true, paused: false };
    this.owners.push(owner);
    const connection = this.world.transport.open(owner, purpose);
    if (purpose === 'data') this.data = new DataConnection(connection, this.world, this.bug === 'barrier-overtakes-records');
    return Promise.resolve(purpose === 'data' ? (this.data as DataConnection) : connection);
  }
  /** T3: what is published from now on is lost for a while; the owner is told much later. */
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.data?.loseSilently(forMs, toldAfterMs);
  }
  crash(): void {
    for (const owner of this.owners) {
      owner.alive = false;
      this.world.transport.crash(owner);
    }
  }
}

interface SomeMessage {
  readonly kind: string;
  readonly seq?: number;
}

/** The data connection with silent loss, and with a planted bug: barriers that change places with the frame before them, sequence numbers and all. */
class DataConnection implements Connection {
  private losing = false;
  private closed = false;
  private frames = 0;
  private readonly held = new Map<string, SomeMessage>();
  private readonly listeners = new Set<() => void>();
  constructor(private readonly inner: Connection, private readonly world: SimulatedWorld, private readonly overtakes: boolean) {}
  get nodeId(): string {
    return this.inner.nodeId;
  }
  get purpose(): ConnectionPurpose {
    return this.inner.purpose;
  }
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.losing = true;
    this.world.after(forMs, 'loss over', () => { this.losing = false; });
    this.world.after(toldAfterMs, 'loss is told', () => { for (const listener of [...this.listeners]) listener(); });
  }
  publish(subject: string, message: unknown): void {
    if (this.losing) return;
    const frame = message as SomeMessage;
    const before = this.held.get(subject);
    this.held.delete(subject);
    if (before !== undefined && frame.kind === 'barrier') {
      this.inner.publish(subject, { ...frame, seq: before.seq });
      this.inner.publish(subject, { ...before, seq: frame.seq });
      return;
    }
    if (before !== undefined) this.inner.publish(subject, before);
    if (this.overtakes && frame.kind === 'data' && ++this.frames % 3 === 0) this.hold(subject, frame);
    else this.inner.publish(subject, message);
  }
  private hold(subject: string, frame: SomeMessage): void {
    this.held.set(subject, frame);
    this.world.after(20, 'held frame goes', () => {
      if (this.closed || this.held.get(subject) !== frame) return;
      this.held.delete(subject);
      this.inner.publish(subject, frame);
    });
  }
  publishExpectingReceiver(subject: string, message: unknown, onNoReceiver: () => void): void {
    this.inner.publishExpectingReceiver(subject, message, onNoReceiver);
  }
  subscribe(subject: string, handler: (message: unknown) => void): ReturnType<Connection['subscribe']> {
    return this.inner.subscribe(subject, handler);
  }
  onDisconnect(listener: () => void): ReturnType<Connection['onDisconnect']> {
    this.listeners.add(listener);
    const subscription = this.inner.onDisconnect(listener);
    return {
      unsubscribe: () => {
        this.listeners.delete(listener);
        subscription.unsubscribe();
      },
    };
  }
  flush(): Promise<void> {
    return this.inner.flush();
  }
  close(): Promise<void> {
    this.closed = true;
    return this.inner.close();
  }
}

export async function runEngine(seed: number, options: EngineRunOptions = {}): Promise<EngineRun> {
  const draw = new SeededRandom(`${seed}/engine`);
  const world = new SimulatedWorld({ seed, network: { redialMs: 300, detectMs: 200 } });
  const pipeline = new RandomPipeline(draw.stream('pipeline'));
  const faults = new Faults(drawFaults(draw.stream('faults')));
  const ledger = new Ledger(async () => (await world.highAvailability.readRegister(JOB))?.value.lastCompletedCheckpoint?.checkpointId ?? 0);
  const shifts = draw.stream('shifts');
  const plans = drawPlans(draw.stream('plans'));
  const configuration = Configuration.of({
    'execution.checkpointing.interval': `${draw.pick([50, 100, 250])} ms`,
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
  }, 'program');
  let transportNow: NodeTransport | undefined;
  drawNetworkFaults(world, draw.stream('network'), (forMs, toldAfterMs) => transportNow?.loseSilently(forMs, toldAfterMs));
  drawStalls(world, draw.stream('stalls'));
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
      const plan = plans[lives];
      const { node, timers, transport, cluster } = await startProcess(world, bug);
      transportNow = transport;
      const program = pipeline.program(faults, () => new LedgerSink(ledger, faults, formatItem, bug), lives === 0 ? 0 : shifts.nextInt(4), bug === 'source-position-behind');
      const submitted = cluster.submit(program, {
        jobId: JOB, checkpointDirectory: `/checkpoints/${JOB}`, highAvailability: node.highAvailability, configuration, start: lives === 0 ? 'fresh' : 'resume', earlierJobIds: [],
      });
      let settled = false;
      const outcome = submitted.then(async (handle) => {
        handle.onEvent((event) => events.push(event));
        describe = () => {
          const { state: now, checkpoints, vertices } = handle.status();
          return JSON.stringify({ now, checkpoints, vertices: vertices.map(({ name, subtaskStates }) => ({ name, subtaskStates })) });
        };
        if (plan?.kind === 'cancel') world.after(plan.atMs, 'cancel', () => { if (node.alive) handle.cancel(); });
        const result = await handle.result;
        restarts += result.status.restarts;
        return `${result.state}${result.failure === undefined ? '' : `: ${result.failure.code} ${result.failure.message}`}`;
      }).catch((rejected: unknown) => `rejected: ${(rejected as { code?: string }).code ?? ''} ${String(rejected)}`);
      void outcome.then((text) => {
        settled = true;
        state = text;
      });
      const startedMs = world.nowMs;
      const injectedBefore = disk.injected;
      const isDue = (): boolean => plan !== undefined && plan.kind !== 'cancel' && world.nowMs - startedMs >= plan.atMs;
      if (plan !== undefined && plan.kind !== 'cancel') world.after(plan.atMs, plan.kind, () => undefined);
      await world.until(() => settled || isDue(), { withinMs: 300_000 });
      if (!settled && plan?.kind === 'power-cut') {
        world.powerCut();
        transport.crash();
        state = 'power cut';
        continue;
      }
      await world.resolved(cluster.close());
      await world.runFor(100);
      const left = { ...cluster.counts(), ports: timers.live, subscribed: world.transport.subscriptionCount };
      if (Object.values(left).some((count) => count !== 0)) problems.push(`I13: left behind after ${state}: ${JSON.stringify(left)}`);
      if (!settled) problems.push(`close did not end the job: ${describe()}`);
      transport.crash();
      world.crash('process');
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
  } catch (error) {
    problems.push(`${error instanceof Error ? error.message : String(error)}\n  status: ${describe()}`);
  }
  if (problems.length === 0 && state !== 'finished') problems.push(`the job did not finish in ${lives} lives: ${state}`);
  problems.push(...ledger.violations);
  if (problems.length === 0) problems.push(...differences(pipeline.expected(), [...ledger.visible].sort()));
  if (problems.length === 0 && ledger.prepared.size > 0) problems.push(`I9: ${ledger.prepared.size} transactions are neither committed nor aborted: ${[...ledger.prepared.keys()].join(', ')}`);
  const checkpoints = events.filter(({ type }) => type === 'checkpoint-completed').length;
  return {
    seed, problems, text: pipeline.text, traceHash: world.traceHash, checkpoints, restarts, lives, faults: faults.happened.map(({ site }) => site), virtualMs: world.nowMs, steps: world.steps,
  };
}

interface Process {
  readonly node: SimulatedNode;
  readonly timers: CountingTimers;
  readonly transport: NodeTransport;
  readonly cluster: EmbeddedCluster;
}

async function startProcess(world: SimulatedWorld, bug: PlantedBug): Promise<Process> {
  const node = world.node('process');
  const timers = new CountingTimers(node.timers);
  const transport = new NodeTransport(world, bug);
  const cluster = new EmbeddedCluster({
    clock: node.clock, timers, random: node.random, logger: node.logger, files: node.files, transport, meter: new InMemoryMeter(),
  });
  await world.resolved(cluster.start());
  return { node, timers, transport, cluster };
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
  if (random.chance(0.4)) return [];
  return Array.from({ length: 1 + random.nextInt(3) }, () => ({ atMs: 20 + random.nextInt(900), kind: random.pick(['power-cut', 'power-cut', 'cancel', 'close'] as const) }));
}

/** The process stands still while messages pile up, as in a long turn of its event loop: then records and barriers come in one burst. */
function drawStalls(world: SimulatedWorld, random: SeededRandom): void {
  const gapMs = random.pick([0, 40, 150]);
  if (gapMs === 0) return;
  for (let atMs = gapMs; atMs < 2000; atMs += gapMs + random.nextInt(gapMs)) {
    world.after(atMs, 'stall', () => world.pause('process'));
    world.after(atMs + 3 + random.nextInt(30), 'stall over', () => world.resume('process'));
  }
}

function drawNetworkFaults(world: SimulatedWorld, random: SeededRandom, loseSilently: (forMs: number, toldAfterMs: number) => void): void {
  if (random.chance(0.5)) return;
  if (random.chance(0.5)) {
    const forMs = random.pick([1, 5, 30]);
    for (let n = random.nextInt(3); n >= 0; n--) world.after(50 + random.nextInt(500), 'silent loss', () => loseSilently(forMs, 2000));
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
