/** `weir state`: looks into the state of checkpoints and savepoints. */
import type { Command } from 'commander';
import { type Found, wholeNumber } from './arguments.js';

export type StateInvocation =
  | { readonly command: 'state ls'; readonly path: string; readonly json: boolean }
  | { readonly command: 'state read'; readonly path: string; readonly operator: string; readonly state: string | undefined; readonly key: string | undefined; readonly limit: number | undefined; readonly json: true }
  | { readonly command: 'state diff'; readonly path: string; readonly after: string; readonly operator: string | undefined; readonly json: true };

const SNAPSHOT = 'directory of a checkpoint or savepoint';

export function addState(root: Command, found: Found<StateInvocation>): Command[] {
  const state = root.command('state').description('look into the state of checkpoints and savepoints').helpCommand(false);
  const ls = state.command('ls').description('operators and their states').argument('<snapshot>', SNAPSHOT).option('--json', 'print JSON')
    .action((path: string, { json }: { json?: boolean }) => found({ command: 'state ls', path, json: json === true }));
  const read = state.command('read').description('entries of keyed state, a line of JSON each').argument('<snapshot>', SNAPSHOT)
    .argument('<operator>', 'uid, name or id').argument('[state]', 'one state; default: all of the operator')
    .option('--key <json>', 'only this key, as JSON').option('--limit <n>', 'at most so many lines', wholeNumber)
    .action((path: string, operator: string, name: string | undefined, { key, limit }: { key?: string; limit?: number }) =>
      found({ command: 'state read', path, operator, state: name, key, limit, json: true }));
  const diff = state.command('diff').description('entries of keyed state that differ, a line of JSON each').argument('<before>', SNAPSHOT).argument('<after>', SNAPSHOT)
    .argument('[operator]', 'uid, name or id; default: all')
    .action((path: string, after: string, operator: string | undefined) => found({ command: 'state diff', path, after, operator, json: true }));
  return [state, ls, read, diff];
}
