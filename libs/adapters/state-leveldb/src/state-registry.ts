/**
 * Which states a store holds, and in which types their entries were written. Entries are not rewritten when a type changes: each names its
 * version, and is read by that one until it is written again.
 *
 *   key   = key group (u16, big-endian), state id (u16, big-endian), canonical key bytes
 *   value = varint version, body (`StateBody`)
 */
import { assert, ByteReader, type ByteWriter, MalformedBytesError } from '@weir/base';
import { bodyOf, type DeclaredStateKind, type KeyGroupRange, type StateBody } from '@weir/state';
import { decodeMessage, encodeMessage, sameDescription, type TypeDescription } from '@weir/types';

export type StateTypes = readonly (TypeDescription | null)[];

export interface StateEntry {
  readonly id: number;
  readonly name: string;
  readonly kind: DeclaredStateKind;
  /** By version. Only grows. */
  readonly versions: StateTypes[];
}

const META_VERSION = 1;
const STATES_MAX = 0xffff;

export class StateRegistry {
  private readonly byName = new Map<string, StateEntry>();

  get states(): readonly StateEntry[] {
    return [...this.byName.values()];
  }
  find(name: string): StateEntry | undefined {
    return this.byName.get(name);
  }
  /** The state of this name, made if needed. */
  ensure(name: string, kind: DeclaredStateKind): StateEntry {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    assert(this.byName.size < STATES_MAX, `an operator has more than ${STATES_MAX} states`);
    const entry: StateEntry = { id: this.byName.size, name, kind, versions: [] };
    this.byName.set(name, entry);
    return entry;
  }

  encode(): Uint8Array {
    return encodeMessage({ version: META_VERSION, states: this.states });
  }
  static decode(meta: Uint8Array): StateRegistry {
    const { version, states } = decodeMessage(meta) as { version: number; states: StateEntry[] };
    if (version !== META_VERSION) throw new MalformedBytesError(`state tables of version ${version}, this build reads ${META_VERSION}`);
    const registry = new StateRegistry();
    for (const state of states) registry.byName.set(state.name, { ...state, versions: [...state.versions] });
    return registry;
  }
}

/** The version of these types, a new one if needed. */
export function versionOf({ versions }: StateEntry, types: StateTypes): number {
  const known = versions.findIndex((version) => version.length === types.length && version.every((type, i) => sameType(type, types[i])));
  return known >= 0 ? known : versions.push(types) - 1;
}
function sameType(a: TypeDescription | null, b: TypeDescription | null): boolean {
  return a === null || b === null ? a === b : sameDescription(a, b);
}

/** Reads and writes a state that nobody has declared. */
export function undeclaredBody({ kind, name }: StateEntry, types: StateTypes): StateBody {
  return bodyOf(kind, name, types);
}

export const PREFIX_BYTES = 4;

export function writePrefix(out: ByteWriter, keyGroup: number, stateId: number): void {
  out.u8(keyGroup >>> 8);
  out.u8(keyGroup & 0xff);
  out.u8(stateId >>> 8);
  out.u8(stateId & 0xff);
}
export function keyGroupAt(key: Uint8Array): number {
  return (key[0] << 8) | key[1];
}
export function stateIdAt(key: Uint8Array): number {
  return (key[2] << 8) | key[3];
}
/** Bounds of a scan over these key groups. */
export function boundsOf({ first, last }: KeyGroupRange): { readonly from: Uint8Array; readonly to: Uint8Array } {
  const end = last + 1;
  return { from: Uint8Array.of(first >>> 8, first & 0xff), to: end > 0xffff ? Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff) : Uint8Array.of(end >>> 8, end & 0xff) };
}

/** Version and body of a stored value. */
export function openValue(value: Uint8Array): { readonly version: number; readonly body: ByteReader } {
  const body = new ByteReader(value);
  return { version: body.varint(), body };
}
