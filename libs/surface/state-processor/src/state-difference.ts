/** What changed in an operator's state from one snapshot to another. Holds the keyed state of the first, as text, in memory. */
import { canonicalText } from './state-json.js';
import type { StateEntry, StateSnapshot } from './state-snapshot.js';

export interface StateDifference {
  readonly state: string;
  readonly key: unknown;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Throws `WEIR_STATE_NOT_FOUND` when the operator is in neither. */
export async function* diffStates(before: StateSnapshot, after: StateSnapshot, operator: string, state?: string): AsyncGenerator<StateDifference> {
  const old = new Map<string, StateEntry>();
  for await (const entry of before.entries(operator, state)) old.set(identity(entry), entry);
  for await (const entry of after.entries(operator, state)) {
    const id = identity(entry);
    const was = old.get(id);
    old.delete(id);
    if (was === undefined) yield { state: entry.state, key: entry.key, change: 'added', after: entry.value };
    else if (canonicalText(was.value) !== canonicalText(entry.value)) yield { state: entry.state, key: entry.key, change: 'changed', before: was.value, after: entry.value };
  }
  for (const { state: name, key, value } of old.values()) yield { state: name, key, change: 'removed', before: value };
}

const identity = ({ state, key }: StateEntry): string => canonicalText([state, key]);
