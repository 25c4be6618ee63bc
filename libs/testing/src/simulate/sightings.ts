/**
 * What was seen in one run, as keys with counts: log entries, messages that were delivered, faults, protocol points. Which of them must be seen sometimes
 * stands in `sometimes.ts`. The engine says nothing for this purpose: all of it is what any observer hears.
 */
import type { LogEntry } from '@weir/ports';
import type { Delivery } from '../simulation/simulated-transport.js';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import type { AimPoint, Fault } from './faults.js';
import { fieldsOf } from './fields-of.js';
import type { OutsideWorld } from './outside-world.js';
import type { Stage } from './stage.js';

export class Sightings {
  readonly counts = new Map<string, number>();
  /** By link and direction: the largest sequence number. */
  private readonly sequences = new Map<string, number>();
  /** By channel. */
  private readonly credits = new Map<string, number>();
  private readonly abortedCheckpoints = new Set<number>();
  private lastNotifiedCheckpoint = 0;
  private registerLost = false;

  constructor(world: SimulatedWorld) {
    world.logger.onEntry((entry) => this.logged(entry));
    world.transport.onDelivery((delivery) => this.delivered(delivery));
  }

  see(key: string): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  struck(fault: Fault): void {
    this.see(`fault ${fault.class}`);
    if (fault.class === 'job-manager-crash') this.see(`${fault.who} killed`);
    else if (fault.class === 'register-fault') {
      this.see(`register ${fault.how}`);
      if (fault.how === 'lost') this.registerLost = true;
    }
    else if (fault.class === 'node-partition') this.see(`partition ${fault.direction}${fault.forMs > 5000 ? ', longer than the heartbeat timeout' : ''}`);
    else if (fault.class === 'pause' && fault.forMs > 5000) this.see('pause longer than the heartbeat timeout');
  }

  reached(point: AimPoint): void {
    this.see(`point ${point}`);
  }

  historyOver(stage: Stage, outside: OutsideWorld): void {
    const { world } = stage.parts;
    this.see(world.transport.byReference ? 'messages by reference' : 'messages as copies');
    if (outside.preparedLate > 0) this.see('zombie prepared a transaction');
    if (stage.parallelisms.size > 1) this.see('two parallelisms in one history');
    if (stage.restarts + stage.lives === 0) this.see('history without a failure');
    if (stage.restarts > 5) this.see('more than five restarts');
    if (stage.cancelled) this.see('history ended by cancel');
  }

  private logged({ message, fields }: LogEntry): void {
    this.see(`log ${message}`);
    if (message === 'checkpoint aborted') this.abortedCheckpoints.add(fields['checkpointId'] as number);
    if (message === 'job recovered' && ((fields['lastCompletedCheckpoint'] as number | undefined) ?? 0) > this.lastNotifiedCheckpoint) this.see('a completed checkpoint that no task had heard of was adopted');
    if (message === 'leadership granted' && this.registerLost) {
      this.registerLost = false;
      this.see('a leader claimed its term after the register was lost');
    }
    if (typeof fields['code'] === 'string') this.see(`log ${message}: ${fields['code']}`);
    if (typeof fields['reason'] === 'string' && message !== 'leadership lost') this.see(`log ${message}: ${fields['reason']}`);
    if (message === 'link ended') this.see(`link ended: ${String(fields['why'])}${fields['lost'] === true ? ', with loss' : ''}`);
    if (message === 'leadership lost') this.see(`leadership lost: ${String(fields['reason'])}`);
    if (message === 'job state') this.see(`job ${String(fields['from'])} -> ${String(fields['to'])}`);
    if (message === 'dead letter') this.see(`dead letter ${String(fields['type'])}`);
    if (message === 'job ended') this.see(`job ended: ${String(fields['status'])}`);
    if (message === 'job restarts') this.restarted(String(fields['error']));
  }

  private restarted(error: string): void {
    if (/frame \d+ arrived where \d+ was due/.test(error)) this.see('channel gap');
    else if (/are missing at its end/.test(error)) this.see('channel tail gap');
    else this.see(`job restarts: ${error.replace(/.*: /, '')}`);
  }

  private delivered({ subject, message, from, to }: Delivery): void {
    const { kind, envelope, session, sequence, resets, limit } = fieldsOf(message);
    if (kind !== 'link') {
      this.see(`${subject.endsWith('.system') ? 'loose' : 'data'} ${String(kind)}`);
      if (kind === 'credit') {
        if (this.credits.get(subject) === limit) this.see('credit repeated');
        this.credits.set(subject, limit as number);
      }
      return;
    }
    const lane = `${from}>${to}/${String(session)}`;
    const largest = this.sequences.get(lane) ?? 0;
    if ((sequence as number) <= largest) this.see('link frame sent again');
    else {
      if ((sequence as number) > largest + 1) this.see('link frame lost');
      this.sequences.set(lane, sequence as number);
    }
    if (resets !== undefined) this.see('link begins again and tells of a loss');
    const { kind: of, message: inner } = fieldsOf(envelope);
    const { type } = fieldsOf(inner);
    const { checkpointId } = fieldsOf(inner);
    if (type === 'acknowledge-checkpoint' && this.abortedCheckpoints.has(checkpointId as number)) this.see('acknowledgement of an aborted checkpoint');
    if (type === 'checkpoint-complete' && (checkpointId as number) < Number.MAX_SAFE_INTEGER) this.lastNotifiedCheckpoint = Math.max(this.lastNotifiedCheckpoint, checkpointId as number);
    this.see(typeof type === 'string' ? `message ${type}` : `envelope ${String(of)}`);
  }
}
