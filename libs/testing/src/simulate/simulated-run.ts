/**
 * One simulated history of a job: lives, faults, crashes, resumptions until it has finished, then the verdict.
 *
 * Checked beside the verdict on the output: I4, I9, K4 by the outside world; I13, nothing is left when the cluster has closed; I17, the job
 * ends within the liveness limit once faults have stopped. I5 is the engine's own cut check, which fails the job.
 */
import { jobId, shareCopies } from '@weir/base';
import type { JobProgram, StreamGraph } from '@weir/graph';
import { murmur128HexOfText } from '@weir/graph';
import { type FileStore, SeededRandom } from '@weir/ports';
import { SimulatedWorld } from '../simulation/simulated-world.js';
import { simulateAmbient } from './ambient.js';
import type { Divergence } from './divergence.js';
import { ClusterLives } from './cluster-lives.js';
import { FaultDriver } from './fault-driver.js';
import { type Deployment, type Fault, type FaultClass, SAFETY_PHASE_MS, type StateBackendType } from './faults.js';
import { observedProgram } from './observed-program.js';
import { OutsideWorld } from './outside-world.js';
import type { OperatorReading, ReferenceInterpreter } from './reference-interpreter.js';
import { ProcessLives } from './process-lives.js';
import { Sightings } from './sightings.js';
import { LIVENESS_PHASE_MS, Stage } from './stage.js';
import { judge } from './verdict.js';

export const START_MS = 1_704_067_200_000;

export interface SimulatedRunOptions {
  readonly seed: number;
  readonly deployment: Deployment;
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
  /** What the processes logged, oldest first. */
  readonly logLines: () => readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
  /** Delivered: messages to actors, without those of an actor to itself, and messages of data channels (frames, credits). */
  readonly messages: number;
  /** Times that some or all of the cluster was killed. */
  readonly lives: number;
  readonly restarts: number;
  readonly checkpoints: number;
  readonly deployment: Deployment;
  /** How often each of {@link SOMETIMES} was seen. */
  readonly sightings: ReadonlyMap<string, number>;
}

export async function runOnce(options: SimulatedRunOptions): Promise<SimulatedRun> {
  return new History(options).run();
}

class History {
  private readonly random: SeededRandom;
  private readonly world: SimulatedWorld;
  private readonly outside: OutsideWorld;
  private readonly driver: FaultDriver;
  private readonly graph: StreamGraph;
  private readonly stage: Stage;
  private readonly sightings: Sightings;
  private readonly log: (readonly [atMs: number, level: string, message: string, fields: Readonly<Record<string, unknown>>])[] = [];
  private readonly lives: ProcessLives | ClusterLives;

  constructor(private readonly options: SimulatedRunOptions) {
    const { seed, plan, deployment } = options;
    this.random = new SeededRandom(`${seed}/simulate`);
    const delay = plan.find((fault): fault is Extract<Fault, { class: 'delay' }> => fault.class === 'delay');
    this.world = new SimulatedWorld({
      seed, startMs: START_MS,
      network: {
        redialMs: 300, detectMs: 200, ...(delay === undefined ? {} : { slowShare: delay.share, slowMs: delay.upToMs }),
        byReference: deployment === 'process' || this.random.stream('courier').chance(0.5),
      },
    });
    this.sightings = new Sightings(this.world);
    this.world.logger.onEntry(({ level, message, fields }) => this.log.push([this.world.nowMs, level, message, fields]));
    const firstJob = jobId(murmur128HexOfText(`simulated ${seed}`));
    this.outside = new OutsideWorld(() => this.lives.lastCompletedCheckpoint(), (what) => this.sightings.see(what));
    this.driver = new FaultDriver(this.world, this.outside, plan, this.random.stream('faults'), SAFETY_PHASE_MS[deployment]);
    this.driver.onStrike((fault) => this.sightings.struck(fault));
    this.driver.onPoint((point) => this.sightings.reached(point));
    this.graph = options.program.instantiate();
    const draw = this.random.stream('engine');
    const parallelism = options.parallelism ?? draw.pick([1, 2, 2, 3, 4]);
    const sources = this.graph.nodes.filter(({ spec }) => spec.kind === 'source').length;
    const slices = draw.pick([20, 40, 80]);
    const program = observedProgram(options.program, {
      world: this.outside,
      pace: { records: Math.max(1, Math.ceil(options.records / slices / parallelism)), everyMs: (200 + draw.next() * 600) / slices },
      chaining: sources === 0 || draw.chance(0.75),
      configuration: this.configuration(draw),
    });
    const backend = draw.pick<StateBackendType>(['heap', 'heap', 'leveldb']);
    this.stage = new Stage({
      world: this.world, outside: this.outside, driver: this.driver, sightings: this.sightings, random: this.random, program, graph: this.graph, parallelism, backend, jobId: firstJob,
      safetyPhaseMs: SAFETY_PHASE_MS[deployment], livenessMs: options.livenessMs ?? LIVENESS_PHASE_MS, breakAtStep: options.breakAtStep, plan, seed,
    }, START_MS);
    this.lives = deployment === 'process' ? new ProcessLives(this.stage) : new ClusterLives(this.stage);
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
      'state.backend.heap.whole-entries': draw.stream('heap rows').pick(['0', '0', '5', '1000']),
      ...unaligned(draw.stream('unaligned')),
    };
  }

  async run(): Promise<SimulatedRun> {
    const { seed, deployment } = this.options;
    const { stage } = this;
    const { problems } = stage;
    const ambientRandom = this.random.stream('ambient');
    const endSharing = shareCopies();
    const endAmbient = simulateAmbient({ now: () => stage.wallClock(), random: () => ambientRandom.next() });
    const unheard = (reason: unknown): void => void problems.push(`a rejected promise that nobody handles, which ends a real process: ${String(reason)}`);
    process.on('unhandledRejection', unheard);
    let divergence: Divergence | undefined;
    let notCompared: readonly string[] = [];
    try {
      await this.writeFiles();
      const finished = await this.lives.live();
      problems.push(...this.outside.violations);
      if (finished && !stage.cancelled) {
        ({ divergence, notCompared } = await this.verdict());
        if (divergence === undefined && this.outside.undecided.length > 0) {
          problems.push(`I9: the transactions ${this.outside.undecided.slice(0, 5).join(', ')} are neither committed nor aborted`);
        }
        if (divergence === undefined) await this.options.check?.(this.world.files);
      }
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : String(error)}${this.statusText()}`);
    } finally {
      endAmbient();
      endSharing();
      process.off('unhandledRejection', unheard);
    }
    const { world, driver } = this;
    this.sightings.historyOver(stage, this.outside);
    return {
      seed, problems, divergence, notCompared, faults: driver.happened, struck: driver.struck, traceHash: world.traceHash, traceLines: [...world.traceLines], logLines: () => this.logLines,
      virtualMs: world.nowMs, steps: world.steps, messages: stage.messages + world.transport.totals.deliveredData, lives: stage.lives, restarts: stage.restarts,
      checkpoints: stage.checkpoints, deployment, sightings: this.sightings.counts,
    };
  }

  private get logLines(): readonly string[] {
    return this.log.map(([atMs, level, message, fields]) => `${atMs.toFixed(3)} ${level} ${message} ${JSON.stringify(fields)}`);
  }

  private async writeFiles(): Promise<void> {
    for (const [path, bytes] of this.options.files) {
      await this.world.files.makeDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/');
      await this.world.files.createExclusive(path, bytes);
    }
  }

  private verdict(): ReturnType<typeof judge> {
    const { interpreter, reference, program } = this.options;
    const [parallelism] = this.stage.parallelisms;
    const parallelismOf = (nodeId: number): number => this.graph.nodes.find(({ id }) => id === nodeId)?.parallelism ?? parallelism;
    return judge({ program, graph: this.graph, world: this.outside, interpreter, reference, parallelismOf, drained: this.stage.drained });
  }

  private statusText(): string {
    try {
      const status = this.stage.status();
      if (status === undefined) return '';
      const vertices = status.vertices.map(({ name, subtaskStates }) => `${name} ${JSON.stringify(subtaskStates)}`).join('; ');
      return `\n  the job was ${status.state}, ${status.checkpoints.completed} checkpoints completed; ${vertices}`;
    } catch (error) {
      return `\n  no status: ${String(error)}`;
    }
  }
}

/** In a third of all runs barriers overtake, at once or after a while. */
function unaligned(draw: SeededRandom): Record<string, string> {
  if (!draw.chance(0.35)) return {};
  return {
    'execution.checkpointing.unaligned.enabled': 'true',
    'execution.checkpointing.aligned-checkpoint-timeout': draw.pick(['0 ms', '2 ms', '20 ms']),
    'execution.checkpointing.max-concurrent-checkpoints': '1',
  };
}
