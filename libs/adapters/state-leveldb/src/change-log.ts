/**
 * What was written to a store since its last base, as files that a checkpoint takes instead of rewritten tables (ADR 0010).
 *
 *  G1  All that is written to the store is appended, in the order of the writes, or nothing more at all (`broken`).
 *  G2  A sealed segment never changes. Its number is not used again in the chain that it belongs to.
 *
 *   segment = (varint key length, key, varint value length + 1 (0: deleted), value)*
 */
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteReader, ByteWriter } from '@weir/base';
import type { LevelOperation, LevelStore, LinkedFile } from './level-store.js';

const PREFIX = 'changes-';
const BATCH = 1000;

export function isSegment(name: string): boolean {
  return name.startsWith(PREFIX);
}

export class ChangeLog {
  private readonly out = new ByteWriter(1 << 16);
  private file: FileHandle | undefined;
  private path = '';
  /** Bytes of the open segment. */
  bytes = 0;
  /** It was given up, until the next `begin`. */
  broken = true;

  /** `next`: number of the next segment. */
  constructor(private readonly directory: string, private next: number) {}

  /** A new segment, for what is written from now on. */
  begin(): void {
    this.broken = false;
    this.bytes = 0;
  }

  /** G1. More than `limit` bytes in all: gives up. */
  async append(operations: readonly LevelOperation[], limit: number): Promise<void> {
    if (this.broken || operations.length === 0) return;
    const { out } = this;
    out.reset();
    for (const operation of operations) {
      out.bytes(operation.key);
      if (operation.type === 'del') {
        out.varint(0);
      } else {
        out.varint(operation.value.length + 1);
        out.raw(operation.value);
      }
    }
    this.bytes += out.length;
    if (this.bytes > limit) return this.giveUp();
    if (this.file === undefined) {
      await mkdir(this.directory, { recursive: true });
      this.path = join(this.directory, `${PREFIX}${String(this.next).padStart(6, '0')}`);
      this.file = await open(this.path, 'wx');
    }
    await this.file.writeFile(out.view8());
  }

  /** The segment, if there is anything in it, and begins the next. */
  async seal(): Promise<LinkedFile | undefined> {
    const { file, path, bytes } = this;
    if (file === undefined) return undefined;
    this.file = undefined;
    await file.close();
    this.begin();
    return { name: `${PREFIX}${String(this.next++).padStart(6, '0')}`, path, sizeBytes: bytes };
  }

  async giveUp(): Promise<void> {
    this.broken = true;
    const { file, path } = this;
    if (file === undefined) return;
    this.file = undefined;
    this.next++;
    await file.close();
    await rm(path, { force: true });
  }
}

/** Number of the segment behind these. */
export function nextSegment(names: Iterable<string>): number {
  let next = 1;
  for (const name of names) if (isSegment(name)) next = Math.max(next, Number(name.slice(PREFIX.length)) + 1);
  return next;
}

/** Writes what a segment says to a store. */
export async function applySegment(bytes: Uint8Array, into: LevelStore): Promise<void> {
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    const operations: LevelOperation[] = [];
    while (reader.remaining > 0 && operations.length < BATCH) {
      const key = reader.bytes();
      const length = reader.varint();
      operations.push(length === 0 ? { type: 'del', key } : { type: 'put', key, value: reader.raw(length - 1) });
    }
    await into.write(operations);
  }
}
