/**
 * What the snapshots of a store consist of: a base (tables, linked) and the segments of changes since (ADR 0010).
 *
 *  J1  The store at a barrier = the base with all segments applied in order. Without a base there is no chain.
 *  J2  Local copies stay until a completed checkpoint is known to hold their files, and while a snapshot reads them.
 */
import { join } from 'node:path';
import type { RestoredTableFile, StoredFile, TableSnapshot } from '@weir/state';
import { applySegment, ChangeLog, isSegment, nextSegment } from './change-log.js';
import { type LevelOperation, type LevelStore, type LinkedFile, readPart, removeFolder } from './level-store.js';
import type { StoredFiles } from './stored-files.js';

/** A chain has a new base when its segments outweigh this part of it, but not before they weigh something, or are many. */
const SEGMENTS_SHARE = 0.25;
const CHANGES_BYTES = 2 << 20;
const SEGMENTS_MAX = 30;

interface ChainFile {
  readonly name: string;
  /** Undefined: only in storage. */
  path: string | undefined;
  readonly sizeBytes: number;
  /** By which storage knows it: names of a manifest stand for other bytes in each base. */
  readonly id: string;
}

export class TableChain {
  private base: ChainFile[] | undefined;
  private segments: ChainFile[] = [];
  private baseBytes = 0;
  private sealedBytes = 0;
  private baseCount = 0;
  /** Snapshots that are being stored. */
  private inFlight = 0;
  /** Goes when no snapshot is being stored. */
  private left: string[] = [];
  private readonly changes: ChangeLog;

  /** `restored`: the files that the store was made of, if they may be referred to. `changesBytes`: what segments may weigh in any case. */
  constructor(private readonly directory: string, private readonly stored: StoredFiles, restored: readonly RestoredTableFile[] = [], private readonly changesBytes = CHANGES_BYTES) {
    this.changes = new ChangeLog(join(directory, 'changes'), nextSegment(restored.map(({ name }) => name)));
    if (restored.length === 0 || restored.some((file) => file.stored === undefined)) return;
    const files = restored.map(({ name, sizeBytes, stored: file }): ChainFile => {
      const id = this.idOf(name);
      stored.restored(id, file as StoredFile);
      return { name, path: undefined, sizeBytes, id };
    });
    this.begin(files.filter(({ name }) => !isSegment(name)), files.filter(({ name }) => isSegment(name)));
  }

  private idOf(name: string): string {
    return isSegment(name) || name.endsWith('.ldb') ? name : `${this.baseCount}/${name}`;
  }
  private begin(base: ChainFile[], segments: ChainFile[]): void {
    this.base = base;
    this.segments = segments;
    this.baseBytes = base.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.sealedBytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.changes.begin();
  }

  /** Before or while it is written to the store. */
  append(operations: readonly LevelOperation[]): Promise<void> {
    return this.changes.append(operations, Math.max(this.baseBytes * SEGMENTS_SHARE, this.changesBytes) - this.sealedBytes);
  }
  /** What was written since the last snapshot is the next segment; false: the next snapshot needs a new base. */
  async extend(): Promise<boolean> {
    if (this.base === undefined || this.changes.broken || this.segments.length >= SEGMENTS_MAX) return false;
    const segment = await this.changes.seal();
    if (segment === undefined) return true;
    this.segments.push({ ...segment, id: segment.name });
    this.sealedBytes += segment.sizeBytes;
    return true;
  }
  /** Copies the store, which holds all that was written and nothing else. */
  async rebase(store: LevelStore): Promise<void> {
    this.left.push(this.localFolder(), ...this.segments.flatMap(({ path }) => path ?? []));
    this.baseCount++;
    const files = await store.link(this.localFolder());
    await this.changes.giveUp();
    await this.removeLeft();
    this.begin(files.map((file: LinkedFile) => ({ ...file, id: this.idOf(file.name) })), []);
    this.stored.keepOnly(new Set(this.files().map(({ id }) => id)));
  }
  private async removeLeft(): Promise<void> {
    if (this.inFlight > 0) return;
    for (const path of this.left.splice(0)) await removeFolder(path);
  }
  private localFolder(): string {
    return join(this.directory, `base-${this.baseCount}`);
  }

  /** The next snapshot stands on nothing that is in storage. */
  end(): void {
    this.stored.forgetAll();
    this.base = undefined;
    this.changes.broken = true;
  }

  private files(): ChainFile[] {
    return [...(this.base ?? []), ...this.segments];
  }
  /** As they are now. `settled` is to be called once. */
  tableFiles(checkpointId: number): Pick<TableSnapshot, 'files' | 'settled'> {
    this.inFlight++;
    const now = this.files().map(({ name, path, sizeBytes, id }) => ({ name, path, sizeBytes, id, stored: this.stored.find(id, sizeBytes) }));
    return {
      files: now.map(({ name, path, sizeBytes, stored }) => ({
        name, sizeBytes, stored, read: (offset, length) => (path === undefined ? Promise.reject(new Error(`${name} lies in storage only`)) : readPart(path, offset, length)),
      })),
      settled: (files) => {
        this.inFlight--;
        files?.forEach((file, i) => {
          if (now[i].stored === undefined) this.stored.uploaded(checkpointId, now[i].id, file);
        });
        return this.removeLeft();
      },
    };
  }

  close(): Promise<void> {
    return this.changes.giveUp();
  }

  /** J2. */
  completed(checkpointId: number): void {
    this.stored.completed(checkpointId);
    if (this.inFlight > 0) return;
    for (const file of this.files()) {
      if (file.path === undefined || this.stored.find(file.id, file.sizeBytes) === undefined) continue;
      this.left.push(file.path);
      file.path = undefined;
    }
  }
}

/** The files of a chain into a folder that LevelDB opens, then the changes into the store. */
export function isTableFile({ name }: RestoredTableFile): boolean {
  return !isSegment(name);
}
export async function applySegments(files: readonly RestoredTableFile[], into: LevelStore): Promise<void> {
  for (const file of files) {
    if (isTableFile(file)) continue;
    const bytes = new Uint8Array(file.sizeBytes);
    let at = 0;
    await file.fetch((piece) => {
      bytes.set(piece, at);
      at += piece.length;
      return Promise.resolve();
    });
    await applySegment(bytes, into);
  }
}
