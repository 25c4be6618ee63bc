/**
 * A ledger of the outside world as a sink: alone, or around a user's sink, whose committables travel together with the ledger's own.
 * The latency of the world is drawn, so that commits and checkpoints overlap in every way.
 */
import type { Sink, SinkCommitter, SinkContext, SinkHistoryContext, SinkHistoryReport, SinkWriter } from '@weir/connector';
import type { LedgerAttempt, LedgerEntry, OutsideWorld } from './outside-world.js';
import { recordText } from './record-text.js';
import type { Transcript } from './transcript.js';

type Observed = { readonly ledger: string } | { readonly inner: unknown };

export interface ObservedSinkOptions {
  readonly world: OutsideWorld;
  /** The ledger's name. */
  readonly tap: string;
  readonly inner?: Sink<unknown>;
  /** Of the operator in front of it, in the same task. */
  readonly transcript?: Transcript;
}

export class ObservedSink implements Sink<unknown, Observed> {
  readonly guarantee = 'exactly-once';
  readonly description: string;
  readonly stateVersion: number;

  constructor(private readonly options: ObservedSinkOptions) {
    this.description = options.inner?.description ?? options.tap;
    this.stateVersion = options.inner?.stateVersion ?? 1;
  }

  async beginHistory(context: SinkHistoryContext): Promise<SinkHistoryReport> {
    return (await this.options.inner?.beginHistory?.(context)) ?? { notes: [] };
  }

  createWriter(context: SinkContext): SinkWriter<unknown, Observed> {
    const { world, tap, inner: innerSink, transcript } = this.options;
    const inner = innerSink?.createWriter(context);
    let entries: LedgerEntry[] = [];
    let count = 0;
    return {
      write: (value, timestamp) => {
        world.reach('write');
        transcript?.rolled(value, timestamp);
        entries.push({ value, timestamp, text: recordText(value) });
        inner?.write(value, timestamp);
      },
      backlog: () => inner?.backlog(),
      endOfInput: () => inner?.endOfInput?.(),
      prepareCommit: async (checkpointId) => {
        const transaction = { tap, checkpointId, subtaskIndex: context.subtaskIndex, attempt: attemptOf(context), entries, steps: transcript?.take() ?? [] };
        entries = [];
        const preparing = inner?.prepareCommit(checkpointId);
        const committables = (await preparing) ?? [];
        await latency(context);
        world.reach('prepare');
        const own: Observed[] = [];
        if (transaction.entries.length > 0 || transaction.steps.length > 0) {
          const id = `${tap}/${context.jobId.slice(0, 8)}/${context.subtaskIndex}/${context.attempt}/${count++}`;
          world.prepare({ ...transaction, id });
          own.push({ ledger: id });
        }
        world.reach('prepared');
        return [...committables.map((one): Observed => ({ inner: one })), ...own];
      },
      close: async () => inner?.close(),
    };
  }

  createCommitter(context: SinkContext): SinkCommitter<Observed> {
    const { world, tap, inner: innerSink } = this.options;
    const inner = innerSink?.createCommitter?.(context);
    const ledgers = (all: readonly Observed[]): string[] => all.flatMap((one) => ('ledger' in one ? [one.ledger] : []));
    const inners = (all: readonly Observed[]): unknown[] => all.flatMap((one) => ('inner' in one ? [one.inner] : []));
    return {
      recover: async (restored) => {
        await latency(context);
        world.reach('recover');
        await inner?.recover(inners(restored));
        await world.recover(new Set(ledgers(restored)), { tap, subtaskIndex: context.subtaskIndex, parallelism: context.parallelism, attempt: attemptOf(context) });
      },
      commit: async (committables) => {
        world.reach('commit');
        const own = inners(committables);
        if (own.length > 0) await inner?.commit(own);
        for (const id of ledgers(committables)) {
          await latency(context);
          await world.commit(id);
        }
        world.reach('committed');
      },
      close: async () => inner?.close(),
    };
  }
}

function attemptOf({ jobId, attempt }: SinkContext): LedgerAttempt {
  return { jobId, attempt };
}
function latency(context: SinkContext): Promise<void> {
  return new Promise((resolve) => void context.timers.after(context.random.next() * 3, resolve));
}
