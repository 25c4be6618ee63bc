/** Steps of the model in words. */
import { nameOf } from './history-rules.js';
import type { StateLayout } from './state-layout.js';

const TEXTS = {
  'claim-epoch': 'leader {e} claims epoch {e}',
  'look-at-epochs': 'another process looks at the epochs and wants to be leader {e}',
  'take-epoch': 'the other process, too, takes epoch {e}',
  'read-register': 'leader {e} reads the register: it names {r}',
  'read-records': 'leader {e} reads the restored records',
  'choose': 'leader {e} lists the checkpoints and chooses {r}',
  'refuse-to-start': 'leader {e} finds less than it knows of, and refuses to start',
  'write-record': 'leader {e} records that it starts from {r}',
  'remember-choice': 'leader {e} starts from {r}, and records that nowhere',
  'find-register-set': 'leader {e} finds that the register names {r} already',
  'set-register': 'leader {e} sets the register to {r}',
  'set-register-unknown': 'leader {e} sets the register to {r}, but gets no answer',
  'not-set-unknown': 'leader {e} wants to set the register to {r} and gets no answer; it was not set',
  'conflict': 'leader {e} is told that the register has changed meanwhile',
  'find-no-larger-epoch': 'leader {e} finds no larger epoch and starts tasks',
  'see-larger-epoch': 'leader {e} sees a larger epoch and steps down',
  'see-newer-register': 'leader {e} sees that the register belongs to a later leader and steps down',
  'stay-unsure': 'leader {e} cannot reach the register and steps down, unsure',
  'step-down-and-delete': 'leader {e} sees that it is deposed, and deletes {r}, which it could not complete',
  'stay-unsure-and-delete': 'leader {e} cannot reach the register and steps down; it deletes {r}, which it takes for failed',
  'commit-restored': 'tasks of leader {e} commit what {r} contains',
  'abort-others': 'tasks of leader {e} abort all other transactions of earlier leaders',
  'begin-history': 'leader {e} clears the target of output, since it starts from nothing',
  'stage': 'tasks of leader {e} prepare the transaction of {r}',
  'link-metadata': 'leader {e} writes the _metadata of {r}; it is visible, not durable',
  'sync-metadata': 'leader {e} syncs the directory: {r} is durable',
  'fail-metadata': 'leader {e} fails to write the _metadata of {r}; the job goes on',
  'give-up-ambiguous': 'leader {e} is told that writing _metadata failed, although it is there; it gives {r} up',
  'notify': 'leader {e} notifies its tasks: {r} is completed',
  'commit': 'tasks of leader {e} commit what {r} contains',
  'fail-over': 'a task of leader {e} fails; all start again from {r} and abort what they prepared since',
  'may-discard': 'leader {e} finds no larger epoch and may delete old checkpoints',
  'discard': 'leader {e} deletes the checkpoints it does not need any more',
  'crash': 'leader {e} crashes',
  'lose-register': 'the register loses everything',
  'roll-register-back': 'the register falls back to its value before: leader {e}, {r}',
  'power-cut': 'the power fails everywhere; what was not synced is gone',
} as const;
export type StepName = keyof typeof TEXTS;

/** One step as a sentence. */
export function stepText(layout: StateLayout, name: StepName, epoch: number, reference: number): string {
  return TEXTS[name].replaceAll('{e}', String(epoch)).replaceAll('{r}', nameOf(layout, reference));
}
