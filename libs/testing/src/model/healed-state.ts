/**
 * What must hold in every reachable state, seen from a leader that comes after all the others have stopped and nothing breaks any more: it can
 * start, and what it then makes of the output is right. So this is liveness and final safety in one.
 */
import { choose, lineage, nameOf, recordsThere } from './history-rules.js';
import type { ProtocolModel } from './protocol-model.js';
import { Head, Transaction } from './state-layout.js';

/** What the last leader would find broken; undefined when all is well. */
export function whatHealingFinds(model: ProtocolModel, state: Uint8Array): string | undefined {
  const { layout } = model;
  const records = model.keeps('restored-record') ? recordsThere(layout, state) : 0;
  const choice = choose(layout, state, {
    records, registerThere: state[Head.registerEpoch] !== 0, pointer: state[Head.registerPointer], recordNamesEpoch: model.keeps('record-names-epoch'),
  });
  if ('lost' in choice) return `no leader can start any more: ${choice.lost}`;
  const { reference } = choice;
  const restored = `a later leader starts from ${nameOf(layout, reference)}`;
  const contained = lineage(layout, state, reference);
  for (let epoch = 1; epoch <= layout.epochs; epoch++) {
    for (let id = 1; id <= layout.checkpoints; id++) {
      const part = layout.reference(id, epoch);
      const isContained = (contained & (1 << (part - 1))) !== 0;
      if ((state[layout.notified(epoch)] & (1 << (id - 1))) !== 0 && !isContained) return `${restored}: ${nameOf(layout, part)} was completed and is lost`;
      const transaction = state[layout.transaction(part)];
      const its = `the transaction of ${nameOf(layout, part)}`;
      if (isContained && transaction === Transaction.aborted) return `${restored}: ${its} belongs to it, but was aborted, so its records are lost`;
      if (!isContained && transaction === Transaction.committed) return `${restored}: ${its} is void, but was committed, so its records are visible twice`;
      if (model.keeps('recovery-settles-transactions')) continue;
      if (isContained && transaction === Transaction.staged) return `${restored}: ${its} belongs to it, but nobody commits it`;
    }
  }
  return undefined;
}
