/**
 * The bytes of one entry's state, by kind of state; the same in every backend and in every snapshot.
 *
 *   value, reducing, aggregating   the value
 *   list                           varint count, elements
 *   map                            varint count, (key, value)*
 */
import type { ByteReader, ByteWriter } from '@weir/base';
import { typeFromDescription, type TypeDescription, type TypeInformation } from '@weir/types';
import { StateSerializer } from './heap/state-serializer.js';

/** Kinds of state that a function declares; others (timers, windows) belong to operators. */
export type DeclaredStateKind = 'value' | 'list' | 'map' | 'reducing' | 'aggregating';

export function isDeclaredStateKind(kind: string): kind is DeclaredStateKind {
  return kind === 'value' || kind === 'list' || kind === 'map' || kind === 'reducing' || kind === 'aggregating';
}

/** `V`: the value, an array of elements, a Map. */
export interface StateBody<V = unknown> {
  readonly kind: DeclaredStateKind;
  /** Infers types that were not declared from some values; before the first `write`. */
  prepare(samples: () => Iterable<V>): void;
  /** What the next `write` follows; null parts: nothing was seen to infer them from. */
  types(): (TypeDescription | null)[];
  write(value: V, out: ByteWriter): void;
  /** Reads what was written as `types`. Throws `WEIR_STATE_INCOMPATIBLE` when that contradicts what is declared. */
  reader(types: readonly (TypeDescription | null)[]): (body: ByteReader) => V;
}

/** A body of one value. */
export function valueBody<T>(kind: 'value' | 'reducing' | 'aggregating', name: string, type: TypeInformation<T> | undefined): StateBody<T> {
  const serializer = new StateSerializer<T>(name, type);
  return {
    kind,
    prepare: (samples) => serializer.prepare(samples),
    types: () => [serializer.describe()],
    write: (value, out) => serializer.write(value, out),
    reader: (types) => serializer.readerOf(types[0] ?? null),
  };
}

export function listBody<T>(name: string, type: TypeInformation<T> | undefined): StateBody<readonly T[]> {
  const serializer = new StateSerializer<T>(name, type);
  return {
    kind: 'list',
    prepare: (samples) => serializer.prepare(() => flatten(samples())),
    types: () => [serializer.describe()],
    write: (values, out) => {
      out.varint(values.length);
      for (const value of values) serializer.write(value, out);
    },
    reader: (types) => {
      const read = serializer.readerOf(types[0] ?? null);
      return (body) => Array.from({ length: body.varint() }, () => read(body));
    },
  };
}

export function mapBody<K, V>(name: string, keyType: TypeInformation<K> | undefined, valueType: TypeInformation<V> | undefined): StateBody<Map<K, V>> {
  const keys = new StateSerializer<K>(name, keyType);
  const values = new StateSerializer<V>(name, valueType);
  return {
    kind: 'map',
    prepare: (samples) => {
      keys.prepare(() => flatten(mapEach(samples(), (map) => map.keys())));
      values.prepare(() => flatten(mapEach(samples(), (map) => map.values())));
    },
    types: () => [keys.describe(), values.describe()],
    write: (map, out) => {
      out.varint(map.size);
      for (const [key, value] of map) {
        keys.write(key, out);
        values.write(value, out);
      }
    },
    reader: (types) => {
      const readKey = keys.readerOf(types[0] ?? null);
      const readValue = values.readerOf(types[1] ?? null);
      return (body) => {
        const map = new Map<K, V>();
        for (let left = body.varint(); left > 0; left--) map.set(readKey(body), readValue(body));
        return map;
      };
    },
  };
}

/** The body of a state that nobody has declared (yet), by what a snapshot says of it. */
export function bodyOf(kind: DeclaredStateKind, name: string, types: readonly (TypeDescription | null)[]): StateBody {
  const [first, second] = types.map((type) => (type === null ? undefined : typeFromDescription(type)));
  switch (kind) {
    case 'list': return listBody(name, first) as StateBody;
    case 'map': return mapBody(name, first, second) as StateBody;
    default: return valueBody(kind, name, first) as StateBody;
  }
}

function* mapEach<A, B>(items: Iterable<A>, f: (item: A) => B): Generator<B> {
  for (const item of items) yield f(item);
}
function* flatten<T>(lists: Iterable<Iterable<T>>): Generator<T> {
  for (const list of lists) yield* list;
}
