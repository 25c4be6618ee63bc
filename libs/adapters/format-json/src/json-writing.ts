/** From values of a declared type to what JSON.stringify writes, the inverse of `jsonReader`. */
import type { TypeDescription } from '@weir/types';

export type JsonWriter = (value: never) => unknown;

/** A converter of this type's values; undefined when JSON.stringify does the same without it. */
export function jsonWriter(type: TypeDescription): JsonWriter | undefined {
  switch (type.kind) {
    case 'bigint':
      return (value: bigint) => String(value);
    case 'bytes':
      return (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
    case 'nullable': {
      const write = jsonWriter(type.of) as ((value: unknown) => unknown) | undefined;
      return write && ((value: unknown) => (value === null ? null : write(value)));
    }
    case 'list': {
      const write = jsonWriter(type.of) as ((value: unknown) => unknown) | undefined;
      return write && ((value: readonly unknown[]) => value.map((element) => write(element)));
    }
    case 'tuple':
      return partsWriter(
        type.elements.map((element) => jsonWriter(element)),
        (write) => (value: readonly unknown[]) => value.map((element, i) => write(i, element)),
      );
    case 'row': {
      const { fields } = type;
      return partsWriter(
        fields.map((field) => jsonWriter(field.type)),
        (write) => (value: Readonly<Record<string, unknown>>) =>
          Object.fromEntries(fields.map((field, i) => [field.name, write(i, value[field.name])])),
      );
    }
    case 'map': {
      const writeKey = jsonWriter(type.key) as ((value: unknown) => unknown) | undefined;
      const writeValue = (jsonWriter(type.value) as ((value: unknown) => unknown) | undefined) ?? ((value: unknown) => value);
      if (type.key.kind === 'string') {
        return (value: ReadonlyMap<string, unknown>) => Object.fromEntries([...value].map(([k, v]) => [k, writeValue(v)]));
      }
      return (value: ReadonlyMap<unknown, unknown>) =>
        [...value].map(([k, v]) => [writeKey === undefined ? k : writeKey(k), writeValue(v)]);
    }
    default:
      return undefined;
  }
}

type PartWriter = (index: number, value: unknown) => unknown;

function partsWriter(parts: readonly (JsonWriter | undefined)[], whole: (write: PartWriter) => JsonWriter): JsonWriter | undefined {
  if (parts.every((part) => part === undefined)) return undefined;
  return whole((index, value) => {
    const write = parts[index] as ((value: unknown) => unknown) | undefined;
    return write === undefined ? value : write(value);
  });
}
