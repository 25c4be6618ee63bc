/** `weir state diff`: what changed in keyed state from one snapshot to another, a line of JSON each. */
import { diffStates, jsonOf, type StateSnapshot } from '@weir/state-processor';
import type { StateInvocation } from '../../grammar/states.js';
import { type CliIo, ExitCode } from '../../io.js';
import { openSnapshot } from './open-snapshot.js';

export async function diff({ path, after, operator }: Extract<StateInvocation, { command: 'state diff' }>, io: CliIo): Promise<number> {
  const [old, young] = [await openSnapshot(path, io), await openSnapshot(after, io)];
  let differences = 0;
  const [before, now] = operator === undefined ? [await operatorsOf(old), await operatorsOf(young)] : [[operator], [operator]];
  for (const [change, names] of [['removed', before.filter((name) => !now.includes(name))], ['added', now.filter((name) => !before.includes(name))]] as const) {
    for (const name of names) io.out.write(`${JSON.stringify({ operator: name, change })}\n`);
    differences += names.length;
  }
  for (const name of before.filter((it) => now.includes(it))) {
    for await (const { state, key, change, before: was, after: value } of diffStates(old, young, name)) {
      differences++;
      const values = { ...(change === 'added' ? {} : { before: jsonOf(was) }), ...(change === 'removed' ? {} : { after: jsonOf(value) }) };
      io.out.write(`${JSON.stringify({ operator: name, state, key: jsonOf(key), change, ...values })}\n`);
    }
  }
  return differences === 0 ? ExitCode.ok : ExitCode.jobFailed;
}

/** Those with state; by uid where there is one. */
async function operatorsOf(snapshot: StateSnapshot): Promise<string[]> {
  return (await snapshot.operators()).map(({ uid, operatorId }) => uid ?? operatorId);
}
