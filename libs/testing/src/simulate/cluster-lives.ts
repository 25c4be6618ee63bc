/**
 * A history on a cluster of processes: its user submits the job, watches it to its end, takes savepoints, stops it with one and goes on with another job
 * from there; whatever happens to the processes meanwhile. One client call at a time per purpose; what he knows, he knows from the cluster alone, but for
 * one question that only files can answer: did a job end because of its savepoint, or before?
 */
import { Configuration, jobId as makeJobId, type JobId } from '@weir/base';
import { readExternalSnapshot } from '@weir/checkpoint';
import { compileJob, type JobDetails, type StoredArtifact } from '@weir/cluster';
import { computeSlots, murmur128HexOfText } from '@weir/graph';
import { joinPath, type JobRegister, SeededRandom } from '@weir/ports';
import { ClusterClient, codeOf } from './cluster-client.js';
import { artifactOf, type ClusterGround, jobHighAvailability } from './cluster-ground.js';
import type { Fault, StateBackendType } from './faults.js';
import { SimulatedLeaderRegister } from './leader-register.js';
import { SimulatedCluster } from './simulated-cluster.js';
import { LIVENESS_PHASE_MS, type Stage } from './stage.js';

type Order = Extract<Fault, { class: 'savepoint' | 'stop-and-resume' | 'drain' | 'cancel' }>;

/** How a job runs. */
interface Setting {
  readonly parallelism: number;
  readonly backend: StateBackendType;
}

/** A savepoint that a job was to stop with. */
interface StopOrder {
  readonly directory: string;
  readonly how: 'suspend' | 'cancel' | 'drain';
  /** Of the job that goes on. */
  readonly next: Setting;
}

const JOBS_MAX = 60;
/** After a rejection. */
const RESUBMIT_MS = 500;
/** While tasks are restarting there is none to be had. */
const SAVEPOINT_TRIES = 5;
const SAVEPOINT_AGAIN_MS = 150;
/** Until all slots of an ended job are free again. */
const SLOTS_FREE_MS = 60_000;

interface CurrentJob {
  readonly jobId: JobId;
  readonly setting: Setting;
  /** That were asked for. */
  readonly stops: StopOrder[];
}

export class ClusterLives {
  private readonly ground: ClusterGround;
  private readonly cluster: SimulatedCluster;
  private readonly client: ClusterClient;
  private readonly artifact: StoredArtifact;
  private readonly jobIds: JobId[] = [];
  private job: CurrentJob | undefined;
  private readonly orders: Promise<void>[] = [];
  private orderCount = 0;
  private cancelOrdered = false;

  constructor(private readonly stage: Stage) {
    const { world, random, program, driver, seed, plan, sightings } = stage.parts;
    const draw = random.stream('cluster');
    const lease = draw.pick([['15 s', '3 s'], ['15 s', '3 s'], ['5 s', '1 s']]);
    const register = new SimulatedLeaderRegister(new SeededRandom(`${seed}/register`), (what) => sightings.see(what));
    this.ground = {
      world, register, program, diskDelayMs: () => driver.diskDelayMs(),
      configuration: Configuration.of({ 'high-availability.lease-duration': lease[0], 'high-availability.renew-interval': lease[1] }, 'file'),
      checkpointCompleted: () => {
        stage.checkpoints++;
        driver.reached('checkpoint-completed');
      },
      seen: (what) => sightings.see(what),
      fatal: (what) => stage.problems.push(`a part of a JobManager failed: ${what}`),
    };
    const widths = [stage.parts.parallelism, ...(stage.isParallelismFixed ? [] : plan.flatMap((fault) => (fault.class === 'stop-and-resume' ? [fault.parallelism] : [])))];
    const slots = Math.max(...widths.map((parallelism) => this.slotsNeeded(parallelism)));
    const taskManagers = draw.pick([2, 2, 3]);
    this.cluster = new SimulatedCluster(this.ground, seed, { taskManagers, slots: Math.ceil(slots / taskManagers) + draw.pick([0, 0, 1, slots]) }, {
      killed: () => void stage.lives++,
      order: (order) => this.take(order),
    });
    this.client = new ClusterClient(this.ground);
    this.artifact = artifactOf(program);
    this.observe();
    stage.wallClock = () => this.client.node.clock.now();
  }

  /** The largest that the durable registers of the history's jobs name: checkpoints are counted on from job to job. */
  async lastCompletedCheckpoint(): Promise<number> {
    let largest = 0;
    for (const jobId of this.jobIds) largest = Math.max(largest, (await this.registerOf(jobId))?.lastCompletedCheckpoint?.checkpointId ?? 0);
    return largest;
  }

  /** True when the history has ended as it should. */
  async live(): Promise<boolean> {
    const { stage } = this;
    const { world, driver } = stage.parts;
    this.cluster.start();
    driver.attach(this.cluster);
    let ended = false;
    const history = this.history().then((well) => (ended = well));
    await stage.stepUntil(history);
    await history;
    await stage.stepUntil(Promise.all(this.orders));
    const freed = this.allSlotsFree();
    await stage.stepUntil(freed);
    stage.messages += this.cluster.deliveredMessages;
    this.cluster.heal();
    await world.resolved(Promise.all([this.client.close(), this.cluster.close()]), { withinMs: LIVENESS_PHASE_MS });
    await world.runFor(200);
    const left = { ...this.client.leftovers(), ...this.cluster.leftovers(), ...(world.transport.subscriptionCount === 0 ? {} : { subscribed: world.transport.subscriptionCount }) };
    if (Object.keys(left).length > 0) stage.problems.push(`I13: left behind: ${JSON.stringify(left)}`);
    return ended;
  }

  private async history(): Promise<boolean> {
    const { stage } = this;
    let setting: Setting = { parallelism: stage.parts.parallelism, backend: stage.parts.backend };
    let restoreFrom: string | undefined;
    for (let jobs = 0; jobs < JOBS_MAX; jobs++) {
      const errorsBefore = stage.parts.driver.diskErrors;
      const ran = await this.runJob(setting, restoreFrom);
      const { outcome } = ran;
      const broken = stage.parts.driver.diskErrors > errorsBefore; // a broken disk may end a job; it is submitted again
      if (typeof outcome === 'string') {
        if (broken) {
          await this.client.wait(RESUBMIT_MS);
          continue;
        }
        stage.problems.push(`the job was rejected: ${outcome}`);
        return false;
      }
      const { state, failure } = outcome.status;
      stage.restarts += outcome.status.restarts;
      const register = await this.registerOf(outcome.status.jobId);
      const stopped = state === 'failed' ? undefined : await this.stoppedAt(ran.job, state === 'canceled', register);
      if (state === 'canceled' && stopped === undefined) {
        stage.cancelled = this.cancelOrdered;
        if (!this.cancelOrdered) stage.problems.push('the job was cancelled by nobody');
        return this.cancelOrdered;
      }
      if (state === 'failed') {
        if (!broken) {
          stage.problems.push(`the job failed: ${failure?.code} ${failure?.message}`);
          return false;
        }
        restoreFrom = register?.lastCompletedCheckpoint?.path ?? restoreFrom;
        stage.parts.sightings.see('failed job resubmitted');
        continue;
      }
      if (stopped === undefined) return true;
      const { how, next, path } = stopped;
      stage.parts.sightings.see(`job stopped: ${how}`);
      if (how === 'drain') {
        stage.drained = true;
        return true;
      }
      stage.parts.sightings.see('job continued from a savepoint');
      if (next.parallelism !== setting.parallelism) stage.parts.sightings.see('job rescaled by a savepoint');
      if (next.backend !== setting.backend) stage.parts.sightings.see(`job continued on another state backend: ${next.backend}`);
      restoreFrom = path;
      setting = next;
    }
    stage.problems.push(`the history has more than ${JOBS_MAX} jobs`);
    return false;
  }

  /** One job from its submission to its end; a text when it was rejected. */
  private async runJob(setting: Setting, restoreFrom: string | undefined): Promise<{ readonly job: CurrentJob; readonly outcome: JobDetails | string }> {
    const { stage } = this;
    const { seed } = stage.parts;
    const jobId = makeJobId(murmur128HexOfText(this.jobIds.length === 0 ? `simulated ${seed}` : `simulated ${seed} job ${this.jobIds.length}`));
    this.jobIds.push(jobId);
    stage.parallelisms.add(setting.parallelism);
    const job: CurrentJob = { jobId, setting, stops: [] };
    try {
      await this.client.submit(this.artifact, {
        jobId, artifactHash: this.artifact.hash, parameters: {}, workingDirectory: '/', configuration: this.configurationOf(setting),
        ...(restoreFrom === undefined ? {} : { restoreFrom: { path: restoreFrom, allowNonRestoredState: false } }),
      });
    } catch (error) {
      return { job, outcome: `${codeOf(error)} ${String(error)}` };
    }
    this.job = job;
    const details = await this.client.ended(jobId, ({ status }) => { stage.status = () => status; });
    if (this.job === job) this.job = undefined;
    stage.parts.driver.reached('job-ended');
    return { job, outcome: details };
  }

  private configurationOf({ parallelism, backend }: Setting): Record<string, string> {
    const own = this.stage.parts.graph.configuration ?? {};
    return { 'parallelism.default': String(parallelism), 'state.backend.type': backend, ...('pipeline.max-parallelism' in own ? {} : { 'pipeline.max-parallelism': '32' }) };
  }

  private slotsNeeded(parallelism: number): number {
    return computeSlots(compileJob(this.stage.parts.program, Configuration.of(this.configurationOf({ parallelism, backend: 'heap' }), 'command line')).job.graph).slotCount;
  }

  private registerOf(jobId: JobId): Promise<JobRegister | undefined> {
    const { driver, world } = this.stage.parts;
    return driver.unharmed(async () => (await jobHighAvailability(world.files, jobId).readRegister(jobId))?.value);
  }

  /** The stop that ended the job, with its savepoint; undefined when it has come to its natural end, or was just cancelled. */
  private async stoppedAt(job: CurrentJob, canceled: boolean, register: JobRegister | undefined): Promise<StopOrder & { readonly path: string } | undefined> {
    const { driver, world } = this.stage.parts;
    const last = register?.lastCompletedCheckpoint?.checkpointId;
    for (const stop of job.stops.filter(({ how }) => canceled === (how === 'cancel'))) {
      const found = await driver.unharmed(async () => {
        for (const { name } of await world.files.list(stop.directory).catch(() => [])) {
          const path = joinPath(stop.directory, name);
          const snapshot = await readExternalSnapshot(world.files, path).catch(() => undefined);
          if (snapshot !== undefined && snapshot.metadata.checkpointId === last) return path;
        }
        return undefined;
      });
      if (found !== undefined) return { ...stop, path: found };
    }
    return undefined;
  }

  /** What the user wants besides; false when there is nothing to want it of. */
  private take(order: Order): boolean {
    const { job, stage } = this;
    if (job === undefined) return false;
    stage.parts.driver.reached('savepoint-begun');
    const number = ++this.orderCount;
    const work = order.class === 'cancel' ? this.cancel(job) : this.savepoint(job, order, number);
    this.orders.push(work.catch((error: unknown) => this.refused(order, error)));
    return true;
  }

  private async cancel({ jobId }: CurrentJob): Promise<void> {
    this.cancelOrdered = true;
    await this.client.untilAnswered(() => this.client.gateway.cancel(jobId));
  }

  private async savepoint(job: CurrentJob, order: Exclude<Order, { class: 'cancel' }>, number: number): Promise<void> {
    const { stage } = this;
    const { driver, sightings, world, seed } = stage.parts;
    const directory = `/savepoints/${number}`;
    const then = order.class === 'stop-and-resume' ? order.how : order.class === 'drain' ? 'drain' : 'none';
    if (then !== 'none') job.stops.push({ directory, how: then, next: this.after(job.setting, order) });
    let status: Awaited<ReturnType<ClusterClient['savepoint']>>;
    for (let tries = 1; tries <= SAVEPOINT_TRIES; tries++) {
      status = await this.client.savepoint(job.jobId, murmur128HexOfText(`savepoint ${seed} ${number} ${tries}`), directory, then);
      sightings.see(`savepoint ${status?.state ?? 'unknown'} (${then})`);
      if (status?.state !== 'failed') break;
      await this.client.wait(SAVEPOINT_AGAIN_MS);
    }
    if (status?.state !== 'completed') return;
    driver.reached('savepoint-completed');
    await driver.unharmed(() => readExternalSnapshot(world.files, status.location)).catch((error: unknown) => {
      stage.problems.push(`a completed savepoint cannot be read: ${String(error)}`);
    });
  }

  private after(setting: Setting, order: Order): Setting {
    if (order.class !== 'stop-and-resume') return setting;
    return { backend: order.backend, parallelism: this.stage.isParallelismFixed ? setting.parallelism : order.parallelism };
  }

  /** The job may have ended before; everything else is no answer to such a request. */
  private refused(order: Order, error: unknown): void {
    const code = codeOf(error);
    this.stage.parts.sightings.see(`${order.class} refused: ${code}`);
    if (code !== 'WEIR_JOB_ALREADY_ENDED' && code !== 'WEIR_JOB_NOT_RUNNING') this.stage.problems.push(`${order.class} was refused: ${String(error)}`);
  }

  /** Nothing of an ended job holds a slot. */
  private async allSlotsFree(): Promise<void> {
    const { world, safetyPhaseMs } = this.stage.parts;
    const deadlineMs = Math.max(world.nowMs, safetyPhaseMs) + SLOTS_FREE_MS;
    for (;;) {
      const all = await this.client.untilAnswered(() => this.client.gateway.taskManagers());
      const held = all.filter(({ slots, freeSlots }) => slots !== freeSlots);
      if (all.length > 0 && held.length === 0) return;
      if (world.nowMs > deadlineMs) {
        this.stage.problems.push(`I13: all jobs have ended, and slots are held: ${held.map(({ id, allocatedSlots }) => `${id} ${JSON.stringify(allocatedSlots)}`).join('; ')}`);
        return;
      }
      await this.client.wait(500);
    }
  }

  private observe(): void {
    const { world, driver } = this.stage.parts;
    world.logger.onEntry(({ message, fields }) => {
      if (message === 'job restarts') driver.reached('restarting');
      else if (message === 'job state' && fields['to'] === 'running') driver.reached('running');
      else if (message === 'leadership granted') {
        driver.reached('leader-granted');
        if (this.cluster.leaders().length > 1) this.ground.seen('two leaders believe in themselves');
      }
      if (fields['code'] === 'WEIR_INVARIANT_BROKEN') this.stage.problems.push(`a broken invariant: ${message}: ${String(fields['error'])} ${String(fields['stack'] ?? '')}`);
    });
    world.transport.onDelivery(({ message }) => {
      const type = (message as { envelope?: { message?: { type?: string } } }).envelope?.message?.type;
      if (type === 'slots-granted') driver.reached('slots-granted');
    });
  }
}
