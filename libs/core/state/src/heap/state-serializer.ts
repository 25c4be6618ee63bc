/**
 * The serializer of a state's values: the declared type's, or one inferred from the values of the first snapshot. Restored bytes are read
 * by the type they were written with, whatever is declared now.
 */
import type { ByteReader, ByteWriter } from '@weir/base';
import { inferType, sameDescription, typeFromDescription, type TypeDescription, type TypeInformation, type TypeSerializer } from '@weir/types';
import { IncompatibleStateError } from '../errors.js';

const SAMPLES = 64;

export class StateSerializer<T> {
  private serializer: TypeSerializer<T> | undefined;
  private type: TypeInformation<T> | undefined;

  constructor(private readonly stateName: string, private readonly declared: TypeInformation<T> | undefined) {
    if (declared !== undefined) this.use(declared);
  }
  private use(type: TypeInformation<T>): void {
    this.type = type;
    this.serializer = type.createSerializer();
  }
  /** Chooses the type from some values, unless there is one. Without values none is chosen, and there is nothing to write. */
  prepare(samples: () => Iterable<T>): void {
    if (this.serializer !== undefined) return;
    const taken: T[] = [];
    for (const sample of samples()) {
      if (taken.push(sample) === SAMPLES) break;
    }
    if (taken.length > 0) this.use(inferType(taken) as TypeInformation<T>); // from nothing only the slow fallback would follow, for ever
  }
  describe(): TypeDescription | null {
    return this.type === undefined ? null : this.type.describe();
  }
  write(value: T, out: ByteWriter): void {
    (this.serializer as TypeSerializer<T>).serialize(value, out);
  }
  /** A reader for values that were written as `description`; refuses one that contradicts the declared type. */
  readerOf(description: TypeDescription | null): (bytes: ByteReader) => T {
    if (description === null) return () => { throw new IncompatibleStateError(this.stateName, 'its snapshot names no type'); };
    if (this.declared !== undefined && !sameDescription(this.declared.describe(), description) && !isInferred(description)) {
      throw new IncompatibleStateError(this.stateName,
        `it was written as ${typeFromDescription(description).typeName} and is declared as ${this.declared.typeName} now`);
    }
    const serializer = typeFromDescription(description).createSerializer() as TypeSerializer<T>;
    return (bytes) => serializer.deserialize(bytes);
  }
}

function isInferred(description: TypeDescription): boolean {
  return description.kind === 'inferred';
}
