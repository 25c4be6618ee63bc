/** A history in one process: lives of it, one after the other, until the job has finished. */
import { Configuration } from '@weir/base';
import type { JobEvent } from '@weir/cluster';
import { SimulatedProcess } from './simulated-process.js';
import { LIVENESS_PHASE_MS, type Stage } from './stage.js';

const LIVES_MAX = 60;

type Ending = { readonly state: 'finished' } | { readonly state: 'failed' | 'rejected'; readonly text: string };

export class ProcessLives {
  constructor(private readonly stage: Stage) {}

  /** As the durable register says; 0 before the first. */
  async lastCompletedCheckpoint(): Promise<number> {
    const { world, jobId } = this.stage.parts;
    return (await world.highAvailability.readRegister(jobId))?.value.lastCompletedCheckpoint?.checkpointId ?? 0;
  }

  /** True when the job has finished. */
  async live(): Promise<boolean> {
    const { stage } = this;
    const { driver } = stage.parts;
    for (; stage.lives < LIVES_MAX; stage.lives++) {
      const errorsBefore = driver.diskErrors;
      const ending = await this.oneLife();
      if (ending === undefined) continue; // crashed
      if (ending.state === 'finished') return true;
      if (driver.diskErrors > errorsBefore) continue; // a broken disk may end a job; it is submitted again
      stage.problems.push(`the job ${ending.state === 'failed' ? 'failed' : 'was rejected'}: ${ending.text}`);
      return false;
    }
    stage.problems.push(`the job did not finish in ${LIVES_MAX} lives of its cluster`);
    return false;
  }

  private async oneLife(): Promise<Ending | undefined> {
    const { stage } = this;
    const { world, driver, parallelism: usual } = stage.parts;
    const process = new SimulatedProcess(world, () => driver.diskDelayMs());
    stage.wallClock = () => process.node.clock.now();
    driver.attach(process);
    const crashed = (): boolean => process.crashDue !== undefined;
    await stage.stepUntil(process.cluster.start(), crashed);
    const parallelism = stage.isParallelismFixed ? usual : driver.parallelismOf(stage.lives, usual);
    stage.parallelisms.add(parallelism);
    const ending = this.submit(process, parallelism);
    await stage.stepUntil(ending, crashed);
    stage.messages += process.cluster.deliveredMessages();
    if (process.crashDue === 'power-cut') process.powerCut();
    else if (process.crashDue === 'process-crash') process.crash();
    if (process.crashDue !== undefined) return undefined;
    await world.resolved(process.cluster.close(), { withinMs: LIVENESS_PHASE_MS });
    await world.runFor(100);
    const left = process.leftovers();
    if (Object.keys(left).length > 0) stage.problems.push(`I13: left behind: ${JSON.stringify(left)}`);
    process.crash();
    return ending;
  }

  private async submit({ cluster, node }: SimulatedProcess, parallelism: number): Promise<Ending> {
    const { stage } = this;
    const { graph, program, jobId, backend } = stage.parts;
    const own = graph.configuration ?? {};
    const configuration = Configuration.of({ 'parallelism.default': String(parallelism), 'state.backend.type': backend, ...('pipeline.max-parallelism' in own ? {} : { 'pipeline.max-parallelism': '32' }) }, 'program');
    try {
      const handle = await cluster.submit(program, {
        jobId, checkpointDirectory: `/checkpoints/${jobId}`, highAvailability: node.highAvailability, configuration,
        start: stage.lives === 0 ? 'fresh' : 'resume', earlierJobIds: [],
      });
      stage.status = () => handle.status();
      handle.onEvent((event) => this.heard(event));
      const { state, failure, status } = await handle.result;
      stage.restarts += status.restarts;
      return state === 'finished' ? { state } : { state: 'failed', text: failure === undefined ? state : `${failure.code} ${failure.message}` };
    } catch (rejected) {
      const { code } = rejected as { code?: string };
      return code === 'WEIR_JOB_ALREADY_FINISHED' ? { state: 'finished' } : { state: 'rejected', text: `${code ?? ''} ${String(rejected)}` };
    }
  }

  private heard(event: JobEvent): void {
    const { driver } = this.stage.parts;
    if (event.type === 'checkpoint-completed') {
      this.stage.checkpoints++;
      driver.reached('checkpoint-completed');
    } else if (event.type === 'restarting') driver.reached('restarting');
    else if (event.type === 'state' && event.to === 'running') driver.reached('running');
  }
}
