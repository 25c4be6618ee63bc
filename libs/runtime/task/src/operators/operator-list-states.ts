/** Non-keyed list state of one operator. Elements are encoded one by one, so that a restore can spread them over other subtasks. */
import { ByteReader, ByteWriter } from '@weir/base';
import type { ListStateBytes, StateDistribution } from '@weir/checkpoint';
import { DuplicateStateError, type ListState, type ListStateDescriptor } from '@weir/state';
import { types, type TypeSerializer } from '@weir/types';

interface Registered {
  readonly distribution: StateDistribution;
  readonly state: ArrayListState<unknown>;
  readonly serializer: TypeSerializer<unknown>;
}

class ArrayListState<T> implements ListState<T> {
  constructor(private elements: T[]) {}
  get(): readonly T[] {
    return this.elements;
  }
  add(value: T): void {
    this.elements.push(value);
  }
  update(values: readonly T[]): void {
    this.elements = [...values];
  }
  clear(): void {
    this.elements = [];
  }
}

export class OperatorListStates {
  private readonly states = new Map<string, Registered>();
  constructor(private readonly restored: ReadonlyMap<string, readonly Uint8Array[]>) {}

  list<T>(descriptor: ListStateDescriptor<T>, distribution: StateDistribution): ListState<T> {
    const known = this.states.get(descriptor.name);
    if (known !== undefined) {
      if (known.distribution !== distribution) throw new DuplicateStateError(descriptor.name, `${known.distribution} list and ${distribution} list`);
      return known.state as unknown as ListState<T>;
    }
    const serializer = (descriptor.type ?? (types.generic<T>())).createSerializer();
    const elements = (this.restored.get(descriptor.name) ?? []).map((bytes) => serializer.deserialize(new ByteReader(bytes)));
    const state = new ArrayListState<T>(elements);
    this.states.set(descriptor.name, { distribution, state: state as ArrayListState<unknown>, serializer: serializer as TypeSerializer<unknown> });
    return state;
  }

  snapshot(): ListStateBytes[] {
    return [...this.states].map(([name, { distribution, state, serializer }]) => ({
      name, distribution, elements: state.get().map((element) => encodeElement(element, serializer)),
    }));
  }
}

function encodeElement(element: unknown, serializer: TypeSerializer<unknown>): Uint8Array {
  const out = new ByteWriter(64);
  serializer.serialize(element, out);
  return out.toBytes();
}
