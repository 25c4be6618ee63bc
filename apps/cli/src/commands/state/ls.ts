/** `weir state ls`: operators and their states. */
import type { OperatorStates } from '@weir/state-processor';
import { typeFromDescription } from '@weir/types';
import type { StateInvocation } from '../../grammar/states.js';
import { type CliIo, ExitCode } from '../../io.js';
import { table } from '../../render/table.js';
import { count } from '../../render/text.js';
import { openSnapshot } from './open-snapshot.js';

export async function ls({ path, json }: Extract<StateInvocation, { command: 'state ls' }>, io: CliIo): Promise<number> {
  const operators = await (await openSnapshot(path, io)).operators();
  if (json) io.out.write(operators.map((it) => `${JSON.stringify(it)}\n`).join(''));
  else if (operators.length === 0) io.err.write(`there is no state in ${path}\n`);
  else io.out.write(table(['operator', 'uid', 'state', 'kind', 'types', 'entries'], operators.flatMap(rows)));
  return ExitCode.ok;
}

function rows({ name, uid, keyed, lists }: OperatorStates): string[][] {
  const typeName = (type: Parameters<typeof typeFromDescription>[0] | null): string => (type === null ? '?' : typeFromDescription(type).typeName);
  return [
    ...keyed.map((it) => [name, uid ?? '-', it.name, it.kind, it.types.map(typeName).join(' -> ') || '-', count(it.entries)]),
    ...lists.map((it) => [name, uid ?? '-', it.name, 'operator list', '-', count(it.elements)]),
  ];
}
