/**
 * The user's own job under simulated crashes: the whole embedded cluster with his functions, sources and sinks runs under virtual time on a
 * simulated disk and network; what it commits is compared, operator by operator, with an interpreter that knows no faults.
 *
 *   await simulate(job, { input: { parameters: { input: '/in.jsonl' }, files: { '/in.jsonl': lines } }, seeds: 100 });
 */
import type { JobProgram } from '@weir/graph';
import { isJobDefinition, type JobDefinition, jobProgram } from '@weir/datastream';
import { type FileStore, MemoryFileStore, SeededRandom } from '@weir/ports';
import { simulateAmbient } from './ambient.js';
import { SimulationFailedError, SimulationUnsupportedError } from './errors.js';
import type { SimulationFailure } from './failure.js';
import { type Deployment, drawFaults, type Fault, FAULT_CLASSES, type FaultClass, type FaultOptions } from './faults.js';
import { type OperatorReading, ReferenceInterpreter } from './reference-interpreter.js';
import { runOnce, type SimulatedRun, START_MS } from './simulated-run.js';

export interface SimulateOptions {
  readonly input?: {
    /** Parameters of the job, as text. */
    readonly parameters?: Readonly<Record<string, string>>;
    /** Files of the simulated disk, by absolute path. Nothing of the real disk is seen. */
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
  };
  /** How many seeds are run. Default 50. */
  readonly seeds?: number;
  /** The first seed. Default 1. */
  readonly from?: number;
  /** Classes of faults to leave out, to force, or with a share of runs of their own. Default: each one in half of the runs. */
  readonly faults?: Partial<FaultOptions>;
  /** Where the job runs: all of the cluster in one process, or JobManagers and TaskManagers of their own. Drawn when absent. */
  readonly deployment?: Deployment;
  /** Default parallelism of the job; drawn from 1 to 4 when absent. */
  readonly parallelism?: number;
  /** Drawn when absent. */
  readonly checkpointIntervalMs?: number;
  /** Default `throw`: `WEIR_SIMULATION_FAILED` at the first failing seed. `collect`: goes on and tells in the result. */
  readonly onFailure?: 'throw' | 'collect';
  /** Real milliseconds to spend on finding the faults that a failure needs. Default 5000; 0: none. */
  readonly shrinkMs?: number;
  /** Revision to be named in failures. */
  readonly commit?: string;
  /** How a seed is run again, for the message. */
  readonly replay?: (seed: number) => string;
  /** Looks at the simulated disk after each run that was right so far, e.g. at the files of a sink; what it throws fails the run. */
  readonly check?: (disk: FileStore) => void | Promise<void>;
  /** After each seed. */
  readonly onRun?: (run: SimulatedRun) => void;
  /** Stops a debugger before this step of each world. */
  readonly breakAtStep?: number;
}

export interface SimulationResult {
  /** Seeds that were run. */
  readonly seeds: number;
  readonly failures: readonly SimulationFailure[];
  /** Faults that happened. */
  readonly faultsByClass: Readonly<Record<FaultClass, number>>;
  /** Virtual time over all runs. */
  readonly virtualMs: number;
  /** Delivered: messages to actors, without those of an actor to itself, and messages of data channels (frames, credits). */
  readonly messages: number;
  /** Times that a task, or all of the cluster, was started again. */
  readonly recoveries: number;
  readonly checkpoints: number;
  /** Operators whose output has many right answers and was not compared, with the reason. */
  readonly notCompared: readonly string[];
  /** How often each point that is to be reached sometimes was seen. */
  readonly sightings: ReadonlyMap<string, number>;
}

/**
 * Runs the job once per seed. Throws `WEIR_SIMULATION_FAILED` when a run commits what it must not or does not end,
 * `WEIR_SIMULATION_UNSUPPORTED` for a job without an end, and the coded errors of a job that cannot be built.
 */
export async function simulate<P>(job: JobDefinition<P> | JobProgram, options: SimulateOptions = {}): Promise<SimulationResult> {
  return new Simulation(isJobDefinition(job) ? jobProgram(job, options.input?.parameters) : (job as JobProgram), options).run();
}

/** Longer than any timeout of the engine in a simulation. */
const SHRINK_LIVENESS_MS = 90_000;
/** Of the seeds, when nothing is said. */
const CLUSTER_SHARE = 0.7;

class Simulation {
  private readonly files: ReadonlyMap<string, Uint8Array>;
  private readonly totals = { virtualMs: 0, messages: 0, recoveries: 0, checkpoints: 0 };
  private readonly faultsByClass = Object.fromEntries(FAULT_CLASSES.map((kind) => [kind, 0])) as Record<FaultClass, number>;
  private readonly notCompared = new Set<string>();
  private readonly sightings = new Map<string, number>();
  private readonly references = new Map<number, ReadonlyMap<number, OperatorReading>>();
  private interpreter: ReferenceInterpreter | undefined;

  constructor(private readonly program: JobProgram, private readonly options: SimulateOptions) {
    const encoder = new TextEncoder();
    this.files = new Map(Object.entries(options.input?.files ?? {}).map(([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content]));
    for (const path of this.files.keys()) {
      if (!path.startsWith('/')) throw new SimulationUnsupportedError(`the input file ${path} has a relative path`, 'Give absolute paths of the simulated disk, such as /input/records.jsonl.');
    }
    const endless = program.instantiate().nodes.find(({ spec }) => spec.kind === 'source' && spec.source.boundedness !== 'bounded');
    if (endless !== undefined) {
      throw new SimulationUnsupportedError(`the source ${endless.name} never ends`, 'Simulate the job with a bounded source: a simulation compares complete output.');
    }
  }

  async run(): Promise<SimulationResult> {
    const { seeds = 50, from = 1, onFailure = 'throw' } = this.options;
    const failures: SimulationFailure[] = [];
    for (let seed = from; seed < from + seeds; seed++) {
      const failure = await this.runSeed(seed);
      if (failure === undefined) continue;
      if (onFailure === 'throw') throw new SimulationFailedError([failure]);
      failures.push(failure);
    }
    return { seeds, failures, faultsByClass: this.faultsByClass, ...this.totals, notCompared: [...this.notCompared], sightings: this.sightings };
  }

  private async runSeed(seed: number): Promise<SimulationFailure | undefined> {
    const deployment = this.options.deployment ?? (new SeededRandom(`${seed}/deployment`).chance(CLUSTER_SHARE) ? 'cluster' : 'process');
    const plan = drawFaults(new SeededRandom(`${seed}/faults`), this.options.faults ?? {}, deployment);
    const run = await this.runPlan(seed, deployment, plan);
    this.totals.virtualMs += run.virtualMs;
    this.totals.messages += run.messages;
    this.totals.recoveries += run.restarts + run.lives;
    this.totals.checkpoints += run.checkpoints;
    for (const [kind, count] of run.faults) this.faultsByClass[kind] += count;
    for (const text of run.notCompared) this.notCompared.add(text);
    for (const [point, count] of run.sightings) this.sightings.set(point, (this.sightings.get(point) ?? 0) + count);
    this.options.onRun?.(run);
    if (!hasFailed(run)) return undefined;
    return this.failureOf(run, plan);
  }

  private async runPlan(seed: number, deployment: Deployment, plan: readonly Fault[], livenessMs?: number): Promise<SimulatedRun> {
    const { parallelism, checkpointIntervalMs, breakAtStep, check } = this.options;
    const interpreter = await this.interpreterOfInput();
    const reference = await this.referenceOf(interpreter, parallelism ?? 1);
    const records = Math.max(0, ...[...reference.values()].filter(({ inputs }) => inputs.length === 0).map(({ outputs }) => outputs.length));
    return runOnce({
      seed, deployment, program: this.program, interpreter, reference, files: this.files, plan, parallelism, checkpointIntervalMs, records,
      ...(breakAtStep === undefined ? {} : { breakAtStep }), ...(check === undefined ? {} : { check }), ...(livenessMs === undefined ? {} : { livenessMs }),
    });
  }

  private async interpreterOfInput(): Promise<ReferenceInterpreter> {
    if (this.interpreter === undefined) {
      const store = new MemoryFileStore();
      for (const [path, bytes] of this.files) {
        await store.makeDirectory(path.slice(0, Math.max(1, path.lastIndexOf('/'))));
        await store.createExclusive(path, bytes);
      }
      this.interpreter = new ReferenceInterpreter(this.program, store, START_MS);
    }
    return this.interpreter;
  }

  /** Before any run, so that a job that remembers what it must not has not done so yet. */
  private async referenceOf(interpreter: ReferenceInterpreter, parallelism: number): Promise<ReadonlyMap<number, OperatorReading>> {
    let reference = this.references.get(parallelism);
    if (reference === undefined) {
      const random = new SeededRandom('reference');
      const endAmbient = simulateAmbient({ now: () => START_MS, random: () => random.next() });
      try {
        this.references.set(parallelism, (reference = await interpreter.read(() => parallelism)));
      } finally {
        endAmbient();
      }
    }
    return reference;
  }

  private async failureOf(run: SimulatedRun, plan: readonly Fault[]): Promise<SimulationFailure> {
    const faults = await this.shrink(run, plan);
    const shrunk = faults.length === plan.length ? run : await this.runPlan(run.seed, run.deployment, faults);
    const shown = hasFailed(shrunk) ? shrunk : run;
    const { seed } = run;
    const { commit, parallelism, checkpointIntervalMs, input, replay } = this.options;
    const options = { parallelism, 'checkpoint interval': checkpointIntervalMs, ...input?.parameters };
    return {
      job: this.program.jobName, seed, commit, divergence: shown.divergence, problems: shown.problems, faults: shown === run ? plan : faults, plannedFaults: plan.length,
      options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)])),
      traceHash: run.traceHash, virtualMs: shown.virtualMs, lives: shown.lives, restarts: shown.restarts, checkpoints: shown.checkpoints, deployment: shown.deployment,
      replay: replay?.(seed) ?? `simulate(job, { …, from: ${seed}, seeds: 1 })`, trace: shown.traceLines,
    };
  }

  /** Without those that hit nothing, then in halves, then one at a time, as long as it still fails without. */
  private async shrink({ seed, deployment, struck }: SimulatedRun, plan: readonly Fault[]): Promise<readonly Fault[]> {
    const { shrinkMs = 5000 } = this.options;
    const deadlineMs = performance.now() + shrinkMs;
    if (shrinkMs === 0) return plan;
    let needed = plan.filter((fault) => struck.has(fault));
    for (let size = Math.ceil(needed.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < needed.length && performance.now() < deadlineMs;) {
        const fewer = [...needed.slice(0, at), ...needed.slice(at + size)];
        if (hasFailed(await this.runPlan(seed, deployment, fewer, SHRINK_LIVENESS_MS))) needed = fewer;
        else at += size;
      }
    }
    return needed;
  }
}

function hasFailed({ divergence, problems }: SimulatedRun): boolean {
  return divergence !== undefined || problems.length > 0;
}
