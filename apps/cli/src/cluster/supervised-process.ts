/**
 * One process of a cluster: started, watched, started again when it dies, ended when told.
 *
 *   launching -> running -death-> waiting -delay-> launching
 *       |           |                |
 *       +--- end ---+------ end -----+--> ended       (also by itself, with a final exit code)
 */
import { toError } from '@weir/base';
import { identityOf } from '@weir/host-node';
import type { Cancel, Clock, Logger, Timers } from '@weir/ports';
import type { ProcessRecord } from './cluster-state.js';
import type { LaunchedProcess, ProcessEnd } from './launched-process.js';
import type { ProcessPlan } from './process-plan.js';
import { RestartDelay } from './restart-delay.js';

export interface SupervisedProcessOptions {
  readonly plan: ProcessPlan;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Called when it was started (again); within the call the record must become durable. */
  readonly onStarted: () => void;
  /** Called when it died by itself, or could not be started; it is started again. */
  readonly onDied: (plan: ProcessPlan, how: string) => void;
  /** Called when it ended by itself with one of the plan's final exit codes. */
  readonly onDone: (plan: ProcessPlan, code: number) => void;
}

export class SupervisedProcess {
  private launching: Promise<void> = Promise.resolve();
  private process: LaunchedProcess | undefined;
  private current: ProcessRecord | undefined;
  private restarts = -1;
  private ended = false;
  private cancelRestart: Cancel = () => undefined;
  private readonly delay = new RestartDelay();

  constructor(private readonly options: SupervisedProcessOptions) {}

  get plan(): ProcessPlan {
    return this.options.plan;
  }

  /** Of its present life; undefined while it waits to be started again. */
  get record(): ProcessRecord | undefined {
    return this.current;
  }

  start(): void {
    this.launching = this.launch();
  }

  /** Asks it to end and kills it after `graceMs`. Resolves when it is gone; it is not started again. */
  async end(graceMs: number): Promise<void> {
    this.ended = true;
    this.cancelRestart();
    await this.launching;
    await this.process?.end(graceMs);
  }

  private async launch(): Promise<void> {
    const { plan, clock, logger } = this.options;
    const startedMs = clock.monotonic();
    this.restarts++;
    let launched: LaunchedProcess;
    try {
      launched = await plan.launch();
    } catch (error) {
      this.died({ how: `because it could not be started: ${toError(error).message}` }, startedMs);
      return;
    }
    this.process = launched;
    this.current = { ...identityOf(launched.pid), role: plan.role, id: plan.id, restarts: this.restarts, ...(plan.rest === undefined ? {} : { rest: plan.rest }) };
    void launched.ended.then((end) => this.died(end, startedMs));
    logger.log('info', 'process started', { id: plan.id, pid: launched.pid });
    this.options.onStarted();
  }

  private died({ how, code }: ProcessEnd, startedMs: number): void {
    const { plan, clock, timers, logger, onDied, onDone } = this.options;
    this.process = undefined;
    this.current = undefined;
    if (this.ended) return;
    if (code !== undefined && plan.final?.includes(code) === true) {
      this.ended = true;
      onDone(plan, code);
      return;
    }
    const delayMs = this.delay.next(clock.monotonic() - startedMs);
    logger.log('warn', 'a process died', { id: plan.id, how, restartInMs: delayMs });
    this.cancelRestart = timers.after(delayMs, () => this.start());
    onDied(plan, how);
  }
}
