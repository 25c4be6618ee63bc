/** `weir state read`: entries of keyed state, a line of JSON each. */
import { jsonOf } from '@weir/state-processor';
import { UsageError } from '../../errors.js';
import type { StateInvocation } from '../../grammar/states.js';
import { type CliIo, ExitCode } from '../../io.js';
import { openSnapshot } from './open-snapshot.js';

export async function read({ path, operator, state, key, limit }: Extract<StateInvocation, { command: 'state read' }>, io: CliIo): Promise<number> {
  const wanted = key === undefined ? undefined : keyText(key);
  let left = limit ?? Infinity;
  for await (const entry of (await openSnapshot(path, io)).entries(operator, state)) {
    if (left === 0) break;
    const shown = jsonOf(entry.key);
    if (wanted !== undefined && JSON.stringify(shown) !== wanted) continue;
    left--;
    io.out.write(`${JSON.stringify({ state: entry.state, key: shown, value: jsonOf(entry.value) })}\n`);
  }
  return ExitCode.ok;
}

function keyText(key: string): string {
  try {
    return JSON.stringify(JSON.parse(key));
  } catch (cause) {
    throw new UsageError(`--key ${key} is not JSON: ${(cause as Error).message}`, 'Write a string with its quotes, for example --key \'"abc"\'.');
  }
}
