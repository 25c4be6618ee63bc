/**
 * A two-phase-commit sink over an outside system that outlives the cluster: one ledger of transactions, with latency and faults. It is also
 * the observer: what would break a promise of the engine is written down as a violation.
 */
import type { Sink, SinkCommitter, SinkContext, SinkWriter } from '@weir/connector';
import type { Faults } from './faults.js';

interface Transaction {
  readonly checkpointId: number;
  readonly subtask: number;
  readonly values: readonly string[];
}
export interface LedgerCommittable {
  readonly id: string;
}

/** Ways in which a sink may break the contract, to see that the net holds. */
export type SinkBug = 'commits-when-prepared' | 'commits-nothing-on-recovery' | 'none';

export class Ledger {
  readonly prepared = new Map<string, Transaction>();
  readonly committed = new Map<string, Transaction>();
  readonly visible: string[] = [];
  readonly violations: string[] = [];

  constructor(
    /** The largest checkpoint that the durable register names (I4). */
    private readonly lastCompleted: () => Promise<number>,
  ) {}

  async commit(id: string): Promise<void> {
    if (this.committed.has(id)) return; // K2
    const transaction = this.prepared.get(id);
    if (transaction === undefined) {
      this.violations.push(`I9: transaction ${id} is committed but was never prepared, or was aborted`);
      throw new Error(`transaction ${id} is lost`);
    }
    const completed = await this.lastCompleted();
    if (transaction.checkpointId > completed) this.violations.push(`I4: ${id} of checkpoint ${transaction.checkpointId} became visible when ${completed} was the last completed one`);
    this.prepared.delete(id);
    this.committed.set(id, transaction);
    this.visible.push(...transaction.values);
  }
}

export class LedgerSink implements Sink<unknown, LedgerCommittable> {
  readonly stateVersion = 1;
  readonly guarantee = 'exactly-once';
  readonly description = 'ledger';
  constructor(private readonly ledger: Ledger, private readonly faults: Faults, private readonly format: (value: unknown) => string, private readonly bug: string = 'none') {}

  createWriter(context: SinkContext): SinkWriter<unknown, LedgerCommittable> {
    const { ledger, faults, format, bug } = this;
    let values: string[] = [];
    let count = 0;
    return {
      write: (value) => { values.push(format(value)); },
      backlog: () => undefined,
      prepareCommit: async (checkpointId) => {
        const transaction = { checkpointId, subtask: context.subtaskIndex, values };
        values = [];
        await latency(context);
        faults.at('prepare');
        if (transaction.values.length === 0) return [];
        const id = `${context.operatorId}/${context.subtaskIndex}/${context.attempt}/${count++}`;
        if (ledger.prepared.has(id) || ledger.committed.has(id)) ledger.violations.push(`K4: transaction ${id} is used twice`);
        ledger.prepared.set(id, transaction);
        if (bug === 'commits-when-prepared') await ledger.commit(id);
        return [{ id }];
      },
      close: () => {
        values = [];
        return Promise.resolve();
      },
    };
  }

  createCommitter(context: SinkContext): SinkCommitter<LedgerCommittable> {
    const { ledger, faults, bug } = this;
    const isOwn = (id: string, { subtask }: Transaction): boolean => id.startsWith(`${context.operatorId}/`) && subtask % context.parallelism === context.subtaskIndex;
    const commit = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) {
        await latency(context);
        faults.at('commit');
        await ledger.commit(id);
        faults.at('commit-applied');
      }
    };
    return {
      recover: async (restored) => {
        await latency(context);
        faults.at('recover');
        const known = new Set(restored.map(({ id }) => id));
        for (const id of known) if (!ledger.prepared.has(id) && !ledger.committed.has(id)) ledger.violations.push(`I9: ${id} of the restored checkpoint is gone`);
        if (bug !== 'commits-nothing-on-recovery') await commit([...ledger.prepared].filter(([id, transaction]) => isOwn(id, transaction) && known.has(id)).map(([id]) => id));
        for (const [id, transaction] of [...ledger.prepared]) {
          // K3: what earlier attempts prepared and the restored state does not name.
          if (isOwn(id, transaction) && !known.has(id) && isEarlier(attemptOf(id), context.attempt)) ledger.prepared.delete(id);
        }
      },
      commit: (committables) => commit(committables.map(({ id }) => id)),
      close: () => Promise.resolve(),
    };
  }
}

const attemptOf = (id: string): string => id.split('/')[2];

/** `<epoch>.<attempt>`. A leader that was replaced and does not know may restart its tasks: what its successor's prepared is not theirs. */
function isEarlier(a: string, b: string): boolean {
  const [[epoch, attempt], [otherEpoch, otherAttempt]] = [a, b].map((text) => text.split('.').map(Number));
  return epoch < otherEpoch || (epoch === otherEpoch && attempt < otherAttempt);
}

function latency(context: SinkContext): Promise<void> {
  return new Promise((resolve) => { context.timers.after(context.random.next() * 5, resolve); });
}
