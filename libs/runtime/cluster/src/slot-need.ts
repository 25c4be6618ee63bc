/**
 * The slots that one job needs and has not got: its need is declared, again while it is not met, and when it is not met in time its deployments fail.
 * Which slots it has is {@link JobSlots}'; where they go is the scheduler's.
 */
import type { ActorAddress, ActorContext } from '@weir/actor';
import { type FailureInfo, failureInfo, type JobId } from '@weir/base';
import { NotEnoughSlotsError } from './errors.js';
import type { JobMasterInput } from './job-master.protocol.js';
import type { JobReporter } from './job-reporter.js';
import type { JobScheduler } from './job-scheduler.js';
import type { JobSlots } from './job-slots.js';

/** Between declarations of a need that is not met: the one before, or what followed from it, may be lost with a link. */
const DECLARE_AGAIN_MS = 1000;

export interface SlotNeedOptions {
  readonly jobId: JobId;
  readonly scheduler: JobScheduler;
  readonly slots: JobSlots<JobMasterInput>;
  readonly reporter: JobReporter;
  /** How long a deployment waits for slots. */
  readonly timeoutMs: number;
}

export class SlotNeed {
  constructor(private readonly options: SlotNeedOptions, private readonly context: ActorContext<JobMasterInput>) {}

  declare(): void {
    this.options.slots.declare(this.options.scheduler.slotsNeeded);
  }

  declareSoon(): void {
    this.context.timers.setTimer('declare-again', DECLARE_AGAIN_MS, { type: 'declare-again' });
  }

  declareAgain(): void {
    if (!this.options.scheduler.isWaitingForSlots) return;
    this.declare();
    this.declareSoon();
  }

  /** Something is missing since now. */
  request(): void {
    this.declare();
    this.declareSoon();
    if (this.options.scheduler.isWaitingForSlots && !this.context.timers.isPending('slots-overdue')) {
      this.context.timers.setTimer('slots-overdue', this.options.timeoutMs, { type: 'slots-overdue' });
    }
  }

  release(slots: readonly ActorAddress[]): void {
    this.options.slots.release(slots);
    this.declare();
  }

  /** After each step of the scheduler: once nobody waits, nobody has waited too long. */
  settle(): void {
    if (!this.options.scheduler.isWaitingForSlots) this.context.timers.cancelTimer('slots-overdue');
  }

  /** After each grant. */
  granted(): void {
    const { slots, scheduler } = this.options;
    if (slots.heldCount >= scheduler.slotsNeeded) slots.missing = 0;
  }

  /** What the ResourceManager says is for the user: the scheduler waits for slots, not for words. */
  missing({ request, missing, total }: Extract<JobMasterInput, { type: 'slots-missing' }>): void {
    const { slots, reporter, jobId } = this.options;
    if (request !== slots.lastRequest || missing === slots.missing) return;
    if (slots.missing === 0) {
      this.context.logger.log('info', 'job waits for slots', { jobId, missing, total });
      reporter.emit({ type: 'note', level: 'info', text: `waits for slots: ${missing} of ${total} are missing` });
    }
    slots.missing = missing;
    reporter.pushStatus();
    reporter.pushReportSoon();
  }

  /** Why deployments that waited until now fail. */
  overdue(): FailureInfo {
    const needed = this.options.scheduler.slotsNeeded;
    return failureInfo(new NotEnoughSlotsError({ needed, missing: needed - this.options.slots.heldCount }));
  }
}
