/** The rows of one capture as a file, behind those of its base. */
import type { ByteWriter } from '@weir/base';
import type { TableFile, TableSnapshot } from '../keyed-state-backend.js';
import { HEAP_FORMAT } from './rows-file.js';
import type { RowsFile, SlotSnapshot } from './slot-snapshots.js';

export type RowsPlace = Pick<TableSnapshot, 'scope' | 'keyGroups'> & { readonly name: string };

const NOTHING = new Uint8Array(0);

/** When it is settled, `snapshot` has its files, and the writers of `chunks` go to `spare`. */
export function rowsSnapshot({ name, scope, keyGroups }: RowsPlace, snapshot: SlotSnapshot, base: SlotSnapshot | undefined, chunks: readonly ByteWriter[], spare: ByteWriter[]): TableSnapshot {
  const earlier = base?.files ?? [];
  const views = chunks.map((chunk) => chunk.view8());
  const sizeBytes = views.reduce((sum, { length }) => sum + length, 0);
  const files: TableFile[] = [
    ...earlier.map((file) => ({ name: file.name, sizeBytes: file.stored.sizeBytes, stored: file.stored, read: () => Promise.reject(new Error(`${file.name} lies in storage`)) })),
    { name, sizeBytes, stored: undefined, read: (offset, length) => Promise.resolve(readViews(views, offset, length)) },
  ];
  return {
    format: HEAP_FORMAT, scope, keyGroups, meta: NOTHING, files,
    settled: (stored) => {
      spare.splice(0, spare.length, ...chunks); // no more than the last snapshot needed
      const own = stored?.at(-1);
      if (own !== undefined) {
        snapshot.files = [...earlier, { name, stored: own } satisfies RowsFile];
        snapshot.wholeBytes = base?.wholeBytes ?? sizeBytes;
        snapshot.laterBytes = base === undefined ? 0 : base.laterBytes + sizeBytes;
      }
      return Promise.resolve();
    },
  };
}

function readViews(views: readonly Uint8Array[], offset: number, length: number): Uint8Array {
  let start = 0;
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const view of views) {
    const from = Math.max(0, offset + filled - start);
    if (from < view.length && filled < length) {
      const part = view.subarray(from, from + length - filled);
      if (part.length === length) return part;
      bytes.set(part, filled);
      filled += part.length;
    }
    start += view.length;
  }
  return bytes;
}
