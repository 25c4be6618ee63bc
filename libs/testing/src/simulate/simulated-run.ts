/**
 * One simulated history of a job: lives, faults, crashes, resumptions until it has finished, then the verdict.
 *
 * Checked beside the verdict on the output: I4, I9, K4 by the outside world; I13, nothing is left when the cluster has closed; I17, the job
 * ends within the liveness limit once faults have stopped. I5 is the engine's own cut check, which fails the job.
 */
import { Configuration, jobId, shareCopies } from '@weir/base';
import type { JobEvent, JobStatus } from '@weir/cluster';
import type { JobProgram, StreamGraph } from '@weir/graph';
import { murmur128HexOfText } from '@weir/graph';
import { type FileStore, SeededRandom } from '@weir/ports';
import { macrotask } from '../simulation/event-loop.js';
import { SimulatedWorld } from '../simulation/simulated-world.js';
import { simulateAmbient } from './ambient.js';
import type { Divergence } from './divergence.js';
import { FaultDriver } from './fault-driver.js';
import { type Fault, type FaultClass, SAFETY_PHASE_MS } from './faults.js';
import { observedProgram } from './observed-program.js';
import { OutsideWorld } from './outside-world.js';
import type { OperatorReading, ReferenceInterpreter } from './reference-interpreter.js';
import { SimulatedProcess } from './simulated-process.js';
import { judge } from './verdict.js';

/** Once faults have stopped the job must end within this time. */
export const LIVENESS_PHASE_MS = 300_000;
const LIVES_MAX = 60;
export const START_MS = 1_704_067_200_000;

export interface SimulatedRunOptions {
  readonly seed: number;
  readonly program: JobProgram;
  readonly interpreter: ReferenceInterpreter;
  readonly reference: ReadonlyMap<number, OperatorReading>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly plan: readonly Fault[];
  readonly parallelism: number | undefined;
  readonly checkpointIntervalMs: number | undefined;
  /** Records of the largest source. */
  readonly records: number;
  /** Looks at the disk of a finished run; throws when it is wrong. */
  readonly check?: (disk: FileStore) => void | Promise<void>;
  /** Default `LIVENESS_PHASE_MS`; less finds a hang sooner, for shrinking. */
  readonly livenessMs?: number;
  /** `debugger` before this step of the world. */
  readonly breakAtStep?: number;
}

export interface SimulatedRun {
  readonly seed: number;
  /** Sentences on what was wrong; empty when all was right. */
  readonly problems: readonly string[];
  readonly divergence: Divergence | undefined;
  readonly notCompared: readonly string[];
  readonly faults: ReadonlyMap<FaultClass, number>;
  readonly struck: ReadonlySet<Fault>;
  readonly traceHash: string;
  readonly traceLines: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
  /** Delivered: messages to actors, without those of an actor to itself, and messages of data channels (frames, credits). */
  readonly messages: number;
  readonly lives: number;
  readonly restarts: number;
  readonly checkpoints: number;
}

export async function runOnce(options: SimulatedRunOptions): Promise<SimulatedRun> {
  return new History(options).run();
}

type Ending = { readonly state: 'finished' } | { readonly state: 'failed' | 'rejected'; readonly text: string };

class History {
  private readonly random: SeededRandom;
  private readonly world: SimulatedWorld;
  private readonly outside: OutsideWorld;
  private readonly driver: FaultDriver;
  private readonly graph: StreamGraph;
  private readonly program: JobProgram;
  private readonly jobId;
  private readonly usualParallelism: number;
  private readonly parallelisms = new Set<number>();
  private readonly problems: string[] = [];
  private process: SimulatedProcess | undefined;
  private lives = 0;
  private restarts = 0;
  private checkpoints = 0;
  private messages = 0;
  private status: () => JobStatus | undefined = () => undefined;

  constructor(private readonly options: SimulatedRunOptions) {
    const { seed, plan } = options;
    this.random = new SeededRandom(`${seed}/simulate`);
    const delay = plan.find((fault): fault is Extract<Fault, { class: 'delay' }> => fault.class === 'delay');
    this.world = new SimulatedWorld({
      seed, startMs: START_MS, network: { redialMs: 300, detectMs: 200, ...(delay === undefined ? {} : { slowShare: delay.share, slowMs: delay.upToMs }) },
    });
    this.jobId = jobId(murmur128HexOfText(`simulated ${seed}`));
    this.outside = new OutsideWorld(async () => (await this.world.highAvailability.readRegister(this.jobId))?.value.lastCompletedCheckpoint?.checkpointId ?? 0);
    this.driver = new FaultDriver(this.world, this.outside, plan, this.random.stream('faults'));
    this.graph = options.program.instantiate();
    const draw = this.random.stream('engine');
    this.usualParallelism = options.parallelism ?? draw.pick([1, 2, 2, 3, 4]);
    const sources = this.graph.nodes.filter(({ spec }) => spec.kind === 'source').length;
    const slices = draw.pick([20, 40, 80]);
    this.program = observedProgram(options.program, {
      world: this.outside,
      pace: { records: Math.max(1, Math.ceil(options.records / slices / this.usualParallelism)), everyMs: (200 + draw.next() * 600) / slices },
      chaining: sources === 0 || draw.chance(0.75),
      configuration: this.configuration(draw),
    });
  }

  private configuration(draw: SeededRandom): Record<string, string> {
    return {
      'execution.checkpointing.interval': `${this.options.checkpointIntervalMs ?? draw.pick([20, 50, 100])} ms`,
      'execution.checkpointing.timeout': '20 s',
      'execution.checkpointing.min-pause': '0 ms',
      'execution.checkpointing.tolerable-failed-checkpoints': draw.pick(['0', '1000']),
      'execution.checkpointing.max-concurrent-checkpoints': draw.pick(['1', '1', '3']),
      'execution.checkpointing.data-inline-threshold': draw.pick(['0 b', '20 kb']),
      'taskmanager.network.frame-records': draw.pick(['1', '3', '256']),
      'taskmanager.network.frames-per-channel': draw.pick(['1', '2', '8']),
      'pipeline.auto-watermark-interval': draw.pick(['20 ms', '200 ms']),
      'restart-strategy.type': 'exponential-delay',
      'restart-strategy.exponential-delay.initial-backoff': '50 ms',
      'restart-strategy.exponential-delay.max-backoff': '500 ms',
      'restart-strategy.max-failures-without-progress': '100',
      'sink.committer.retries': draw.pick(['0', '2', '10']),
    };
  }

  async run(): Promise<SimulatedRun> {
    const { seed } = this.options;
    const ambientRandom = this.random.stream('ambient');
    const endSharing = shareCopies();
    const endAmbient = simulateAmbient({ now: () => this.process?.node.clock.now() ?? START_MS, random: () => ambientRandom.next() });
    const unheard = (reason: unknown): void => void this.problems.push(`a rejected promise that nobody handles, which ends a real process: ${String(reason)}`);
    process.on('unhandledRejection', unheard);
    let divergence: Divergence | undefined;
    let notCompared: readonly string[] = [];
    try {
      await this.writeFiles();
      if (await this.live()) {
        ({ divergence, notCompared } = await this.verdict());
        this.problems.push(...this.outside.violations);
        if (divergence === undefined && this.outside.undecided.length > 0) {
          this.problems.push(`I9: the transactions ${this.outside.undecided.slice(0, 5).join(', ')} are neither committed nor aborted`);
        }
        if (divergence === undefined) await this.options.check?.(this.world.files);
      } else this.problems.push(...this.outside.violations);
    } catch (error) {
      this.problems.push(`${error instanceof Error ? error.message : String(error)}${this.statusText()}`);
    } finally {
      endAmbient();
      endSharing();
      process.off('unhandledRejection', unheard);
    }
    const { world, driver } = this;
    return {
      seed, problems: this.problems, divergence, notCompared, faults: driver.happened, struck: driver.struck, traceHash: world.traceHash, traceLines: [...world.traceLines],
      virtualMs: world.nowMs, steps: world.steps, messages: this.messages + world.transport.totals.deliveredData, lives: this.lives, restarts: this.restarts, checkpoints: this.checkpoints,
    };
  }

  private async writeFiles(): Promise<void> {
    for (const [path, bytes] of this.options.files) {
      await this.world.files.makeDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/');
      await this.world.files.createExclusive(path, bytes);
    }
  }

  /** Lives one after the other; true when the job has finished. */
  private async live(): Promise<boolean> {
    for (; this.lives < LIVES_MAX; this.lives++) {
      const errorsBefore = this.driver.diskErrors;
      const ending = await this.oneLife();
      if (ending === undefined) continue; // crashed
      if (ending.state === 'finished') return true;
      if (this.driver.diskErrors > errorsBefore) continue; // a broken disk may end a job; it is submitted again
      this.problems.push(`the job ${ending.state === 'failed' ? 'failed' : 'was rejected'}: ${ending.text}`);
      return false;
    }
    this.problems.push(`the job did not finish in ${LIVES_MAX} lives of its cluster`);
    return false;
  }

  private async oneLife(): Promise<Ending | undefined> {
    const { world, driver } = this;
    const process = new SimulatedProcess(world, () => driver.diskDelayMs());
    this.process = process;
    driver.attach(process);
    await this.stepUntil(process.cluster.start());
    const parallelism = this.hasBroadcast ? this.usualParallelism : driver.parallelismOf(this.lives, this.usualParallelism);
    this.parallelisms.add(parallelism);
    const ending = this.submit(process, parallelism);
    await this.stepUntil(ending);
    this.messages += process.cluster.deliveredMessages();
    const crash = driver.crashDue;
    driver.crashDue = undefined;
    if (crash === 'power-cut') process.powerCut();
    else if (crash === 'process-crash') process.crash();
    if (crash !== undefined) return undefined;
    await world.resolved(process.cluster.close(), { withinMs: LIVENESS_PHASE_MS });
    await world.runFor(100);
    const left = process.leftovers();
    if (Object.keys(left).length > 0) this.problems.push(`I13: left behind: ${JSON.stringify(left)}`);
    process.crash();
    return ending;
  }

  private get hasBroadcast(): boolean {
    return this.graph.edges.some(({ partitioner }) => partitioner.kind === 'broadcast');
  }

  private async submit({ cluster, node }: SimulatedProcess, parallelism: number): Promise<Ending> {
    const own = this.graph.configuration ?? {};
    const configuration = Configuration.of({ 'parallelism.default': String(parallelism), ...('pipeline.max-parallelism' in own ? {} : { 'pipeline.max-parallelism': '32' }) }, 'program');
    try {
      const handle = await cluster.submit(this.program, {
        jobId: this.jobId, checkpointDirectory: `/checkpoints/${this.jobId}`, highAvailability: node.highAvailability, configuration,
        start: this.lives === 0 ? 'fresh' : 'resume', earlierJobIds: [],
      });
      this.status = () => handle.status();
      handle.onEvent((event) => this.heard(event));
      const { state, failure, status } = await handle.result;
      this.restarts += status.restarts;
      return state === 'finished' ? { state } : { state: 'failed', text: failure === undefined ? state : `${failure.code} ${failure.message}` };
    } catch (rejected) {
      const { code } = rejected as { code?: string };
      return code === 'WEIR_JOB_ALREADY_FINISHED' ? { state: 'finished' } : { state: 'rejected', text: `${code ?? ''} ${String(rejected)}` };
    }
  }

  private heard(event: JobEvent): void {
    if (event.type === 'checkpoint-completed') {
      this.checkpoints++;
      this.driver.reached('checkpoint-completed');
    } else if (event.type === 'restarting') this.driver.reached('restarting');
    else if (event.type === 'state' && event.to === 'running') this.driver.reached('running');
  }

  /** Lets the world go on until the promise settles or the process is to die. */
  private async stepUntil(promise: Promise<unknown>): Promise<void> {
    const { world, driver, options } = this;
    let settled = false;
    const settle = (): void => void (settled = true);
    promise.then(settle, settle);
    await macrotask(); // what needs no time comes first
    const limitMs = Math.max(world.nowMs, SAFETY_PHASE_MS) + (options.livenessMs ?? LIVENESS_PHASE_MS);
    const wentOn = await world.run(() => {
      if (settled || driver.crashDue !== undefined) return true;
      if (world.nowMs > limitMs) throw world.failure('I17: faults have stopped, and the job does not end');
      if (world.steps === options.breakAtStep) this.stop();
      return false;
    });
    if (!wentOn) throw world.failure('I17: nothing is left to happen, and the job has not ended');
  }

  /** Look at `this.world`, and step on. */
  private stop(): void {
    // eslint-disable-next-line no-debugger
    debugger;
  }

  private verdict(): ReturnType<typeof judge> {
    const { interpreter, reference, program } = this.options;
    const [parallelism] = this.parallelisms;
    const parallelismOf = (nodeId: number): number => this.graph.nodes.find(({ id }) => id === nodeId)?.parallelism ?? parallelism;
    return judge({ program, graph: this.graph, world: this.outside, interpreter, reference, parallelismOf });
  }

  private statusText(): string {
    try {
      const status = this.status();
      if (status === undefined) return '';
      const vertices = status.vertices.map(({ name, subtaskStates }) => `${name} ${JSON.stringify(subtaskStates)}`).join('; ');
      return `\n  the job was ${status.state}, ${status.checkpoints.completed} checkpoints completed; ${vertices}`;
    } catch (error) {
      return `\n  no status: ${String(error)}`;
    }
  }
}
