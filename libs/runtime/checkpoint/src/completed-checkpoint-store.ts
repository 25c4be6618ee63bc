/**
 * Completed checkpoints of one job under one leader: D5 2-6 and recovery. Owns `_metadata`, the job's register and the deletion of files;
 * decides nothing about when checkpoints happen.
 *
 *  S1  `_metadata` is durable before the register points to it, and that before the epoch is checked, and that before a permit exists (I6).
 *  S2  A permit exists only for a checkpoint of which no larger epoch was known *after* the register pointed to it. A successor claims its
 *      epoch before it lists, so either it sees this checkpoint or this leader sees the epoch.
 *  S3  A leader that is deposed or unsure deletes nothing. Deletion needs a permit, or is of what is incomplete or void.
 *  S4  Deleting begins with `_metadata`, durably: what is half deleted is incomplete, never damaged.
 *  S5  No file that a retained checkpoint refers to is deleted, in whatever directory it lies; of a subsumed checkpoint nothing else remains. Only
 *      retained ones count: a chain of checkpoints of which each refers to the one before would keep all of them for ever.
 *  S6  Never silently fresh (P5): `recover` starts from nothing only when nothing shows that there ever was a checkpoint.
 *  S7  What a successor would adopt is never given up: if `_metadata` is there although its writing failed, the checkpoint is completed. Else
 *      tasks might restart from an older one and abort its transactions, and a successor start from it without them.
 *  S8  An adopted `_metadata` is durable before the choice is recorded: whoever wrote it may have died before the directory was synced.
 */
import { assert, failureInfo, type FailureInfo, type JobId, type LeaderEpoch, toError } from '@weir/base';
import { baseName, type FileStore, type HighAvailability, joinPath, type JobRegister, type Logger, parentPath, type Timers } from '@weir/ports';
import { checkpointDirectoryName, METADATA_FILE } from './checkpoint-directory.js';
import { findCheckpoints, isDamage, listRestoredRecords } from './checkpoint-listing.js';
import { type CommitPermit, issueCommitPermit } from './commit-permit.js';
import type { CloseOutcome, CompleteOutcome, Recovery, TerminalJobStatus } from './completed-checkpoint.protocol.js';
import { CheckpointAbortedError, CheckpointLostError, JobEndedError, LeadershipLostError } from './errors.js';
import { FencedJobRegister } from './job-register.js';
import { writeMetadata } from './metadata-file.js';
import { decideRecovery, type FoundCheckpoint, isVoid } from './recovery-decision.js';
import { type RestoredRecord, writeRestoredRecord } from './restored-record.js';
import type { CheckpointMetadata, CompletedCheckpoint } from './snapshot.js';
import { filesOf } from './snapshot-files.js';

export interface CompletedCheckpointStoreOptions {
  readonly files: FileStore;
  readonly highAvailability: HighAvailability;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly jobId: JobId;
  /** The epoch that this leader has claimed. */
  readonly epoch: LeaderEpoch;
  /** The job's checkpoint directory. */
  readonly directory: string;
  /** Completed checkpoints that are kept; at least 1. Default 5. */
  readonly numRetained?: number;
}

export class CompletedCheckpointStore {
  private readonly files: FileStore;
  private readonly logger: Logger;
  private readonly jobId: JobId;
  private readonly epoch: LeaderEpoch;
  private readonly directory: string;
  private readonly numRetained: number;
  private readonly register: FencedJobRegister;
  /** Ascending by id. */
  private completed: CompletedCheckpoint[] = [];
  /** Directories of subsumed checkpoints in which retained ones still have files, and how many. */
  private readonly remnants = new Map<string, number>();
  private phase: 'new' | 'leading' | 'deposed' | 'closing' | 'closed' = 'new';
  /** The completion that is under way, if any; never rejects. */
  private completing: Promise<unknown> = Promise.resolve();

  constructor(options: CompletedCheckpointStoreOptions) {
    this.files = options.files;
    this.logger = options.logger;
    this.jobId = options.jobId;
    this.epoch = options.epoch;
    this.directory = options.directory;
    this.numRetained = options.numRetained ?? 5;
    assert(this.numRetained >= 1, `at least one checkpoint is kept, not ${this.numRetained}`);
    this.register = new FencedJobRegister(options.highAvailability, options.timers, options.jobId, options.epoch);
  }

  /** The restore point of restarts under this leader. */
  get latest(): CompletedCheckpoint | undefined {
    return this.completed.at(-1);
  }

  /**
   * Takes over the job's history; once, before anything else. `reopen`: the job had failed or was canceled, and is started again on purpose.
   * Throws `WEIR_CHECKPOINT_LOST`, `WEIR_LEADERSHIP_LOST`, `WEIR_JOB_ENDED`, and `WEIR_FILE_…` when the disk fails (nothing is changed then
   * that a later try would not find).
   */
  async recover({ reopen = false }: { readonly reopen?: boolean } = {}): Promise<Recovery> {
    assert(this.phase === 'new', `recover was called in phase ${this.phase}`);
    await this.register.checkStillLeader();
    // Before the listing: what it points to then is on disk. The other way round a checkpoint of the meantime would look lost.
    const register = (await this.register.read())?.value;
    if (register !== undefined && register.status !== 'running' && !reopen) throw new JobEndedError(this.jobId, register.status);
    await this.makeJobDirectory();
    const records = await this.readRecords();
    const pointed = register?.lastCompletedCheckpoint?.checkpointId ?? 0;
    // Below the pointer there is no choice, so sizes do; what nobody was notified of is adopted only if every byte is right.
    const found = await findCheckpoints(this.files, this.directory, (id) => (id > pointed ? 'checksums' : 'sizes'));
    const foreign = Math.max(0, ...found.map(({ epoch }) => epoch), ...records.map(({ epoch }) => epoch));
    if (foreign > this.epoch) throw new LeadershipLostError(this.epoch, `${this.directory} has files of epoch ${foreign}`);
    const decision = decideRecovery({ found, records, register });
    if (decision.kind === 'lost') throw new CheckpointLostError(this.jobId, this.directory, decision.what);

    const own: RestoredRecord = { epoch: this.epoch, restoredId: decision.checkpoint?.metadata.checkpointId ?? 0, restoredEpoch: decision.checkpoint?.metadata.epoch ?? 0 };
    if (decision.checkpoint !== undefined) await this.files.syncDirectory(decision.checkpoint.path); // S8
    const recorded = await writeRestoredRecord(this.files, this.directory, own);
    assert(recorded.restoredId === own.restoredId && recorded.restoredEpoch === own.restoredEpoch, `epoch ${this.epoch} has started from checkpoint ${recorded.restoredId} before, now from ${own.restoredId}`);
    await this.register.set(this.registerValue('running', decision.checkpoint));
    await this.register.checkStillLeader();

    this.phase = 'leading';
    const allRecords = [...records, recorded];
    this.completed = found.flatMap((candidate) => (candidate.kind === 'complete' && !isVoid(candidate.checkpointId, candidate.epoch, allRecords) ? [candidate.checkpoint] : []));
    const swept = await this.sweep(found, allRecords);
    return {
      restored: decision.checkpoint === undefined ? undefined : { checkpoint: decision.checkpoint, permit: issueCommitPermit(decision.checkpoint, this.epoch) },
      nextCheckpointId: decision.nextCheckpointId,
      notes: [...decision.notes, ...swept],
    };
  }

  private async makeJobDirectory(): Promise<void> {
    await this.files.makeDirectory(this.directory);
    await this.files.syncDirectory(parentPath(this.directory));
  }

  private async readRecords(): Promise<RestoredRecord[]> {
    try {
      return await listRestoredRecords(this.files, this.directory);
    } catch (damage) {
      if (!isDamage(damage)) throw damage;
      throw new CheckpointLostError(this.jobId, this.directory, damage.message, damage);
    }
  }

  /** S1, S2. Never throws for what the world does; one call at a time, ids ascending. */
  complete(metadata: CheckpointMetadata): Promise<CompleteOutcome> {
    const outcome = this.completeNow(metadata);
    this.completing = outcome.catch(() => undefined); // the caller hears of it
    return outcome;
  }

  private async completeNow(metadata: CheckpointMetadata): Promise<CompleteOutcome> {
    const { checkpointId } = metadata;
    assert(metadata.epoch === this.epoch, `the leader of epoch ${this.epoch} does not complete checkpoints of epoch ${metadata.epoch}`);
    assert(checkpointId > (this.latest?.metadata.checkpointId ?? 0), `checkpoint ${checkpointId} came after ${this.latest?.metadata.checkpointId}`);
    if (this.phase === 'closing') return { kind: 'failed', failure: failureInfo(new CheckpointAbortedError(checkpointId, 'the job is ending')) };
    if (this.phase !== 'leading') return { kind: 'deposed', failure: failureInfo(new LeadershipLostError(this.epoch, `its store is ${this.phase}`)) };
    const checkpoint: CompletedCheckpoint = { metadata, path: this.pathOf(checkpointId) };
    try {
      await this.files.makeDirectory(checkpoint.path);
      await this.files.syncDirectory(this.directory);
    } catch (failure) {
      return { kind: 'failed', failure: failureInfo(failure, 'WEIR_FILE_IO') };
    }
    try {
      const failure = await this.writeMetadata(checkpoint);
      if (failure !== undefined) return { kind: 'failed', failure };
      await this.register.set(this.registerValue('running', checkpoint));
      await this.register.checkStillLeader();
    } catch (failure) {
      return this.deposed(failure);
    }
    this.completed.push(checkpoint);
    return { kind: 'completed', permit: issueCommitPermit(checkpoint, this.epoch) };
  }

  /** Undefined when it is durable; the failure when it certainly is not there (S7). Throws `WEIR_LEADERSHIP_LOST` when that stays unknown. */
  private async writeMetadata({ path, metadata }: CompletedCheckpoint): Promise<FailureInfo | undefined> {
    try {
      await writeMetadata(this.files, path, metadata);
      return undefined;
    } catch (failure) {
      return this.register.untilKnown('tell whether metadata was written', async () => {
        if ((await this.files.stat(joinPath(path, METADATA_FILE))) === undefined) return { known: failureInfo(failure, 'WEIR_FILE_IO') };
        await this.files.syncDirectory(path);
        return { known: undefined };
      });
    }
  }

  private async mayHaveMetadata(path: string): Promise<boolean> {
    try {
      return (await this.files.stat(joinPath(path, METADATA_FILE))) !== undefined;
    } catch (failure) {
      this.logger.log('warn', 'cannot tell whether metadata was written; its files are kept', { path, failure: toError(failure).message });
      return true;
    }
  }

  /** Deletes completed checkpoints but the last N. Failures are logged and tried again after the next one. */
  async discardSubsumed(permit: CommitPermit): Promise<void> {
    assert(permit.epoch === this.epoch, `a permit of epoch ${permit.epoch} is none in epoch ${this.epoch}`);
    const subsumed = this.completed.filter(({ metadata }) => metadata.checkpointId < permit.checkpointId).slice(0, Math.max(0, this.completed.length - this.numRetained));
    const retained = this.completed.filter((checkpoint) => !subsumed.includes(checkpoint));
    for (const path of this.remnants.keys()) await this.removeCheckpoint(path, retained);
    for (const checkpoint of subsumed) {
      if (await this.removeCheckpoint(checkpoint.path, retained)) this.completed = this.completed.filter((other) => other !== checkpoint);
    }
  }

  /** Deletes what tasks wrote for a checkpoint of this epoch that was aborted. Refuses whatever has, or may have, a `_metadata`. */
  async discardIncomplete(checkpointId: number): Promise<void> {
    const path = this.pathOf(checkpointId);
    if (await this.mayHaveMetadata(path)) return;
    await this.removeCheckpoint(path, this.completed);
  }

  /**
   * Records the end of the job. Checkpoints stay. A completion that is under way is waited for, and none starts any more: its write says
   * `running`, and behind this one it would take the end back (I11).
   */
  async close(status: TerminalJobStatus): Promise<CloseOutcome> {
    if (this.phase === 'leading') this.phase = 'closing';
    await this.completing;
    if (this.phase === 'deposed') return { kind: 'deposed', failure: failureInfo(new LeadershipLostError(this.epoch, 'its store is deposed')) };
    try {
      await this.register.set(this.registerValue(status, this.latest));
      await this.register.checkStillLeader();
    } catch (failure) {
      return this.deposed(failure);
    }
    this.phase = 'closed';
    return { kind: 'recorded' };
  }

  private deposed(failure: unknown): { readonly kind: 'deposed'; readonly failure: ReturnType<typeof failureInfo> } {
    if (!(failure instanceof LeadershipLostError)) throw failure;
    this.phase = 'deposed';
    return { kind: 'deposed', failure: failureInfo(failure) };
  }

  /** Removes incomplete and void directories of earlier epochs. Their leaders cannot complete them any more: the register is ours. */
  private async sweep(found: readonly FoundCheckpoint[], records: readonly RestoredRecord[]): Promise<string[]> {
    const notes: string[] = [];
    for (const { checkpointId, epoch, path, kind } of found) {
      const voided = isVoid(checkpointId, epoch, records);
      if (epoch >= this.epoch || !(voided || kind === 'incomplete')) continue;
      if (!voided && (await this.mayHaveMetadata(path))) continue;
      if ((await this.removeCheckpoint(path, this.completed)) && !this.remnants.has(path)) notes.push(`removed ${voided ? 'void' : 'incomplete'} checkpoint ${path}`);
    }
    return notes;
  }

  /** S3, S4, S5. False when it did not succeed, or when this leader may not delete any more. */
  private async removeCheckpoint(path: string, retained: readonly CompletedCheckpoint[]): Promise<boolean> {
    if (this.phase !== 'leading') return false;
    const needed = namesReferenced(path, retained);
    if (needed.size > 0 && this.remnants.get(path) === needed.size) return true;
    try {
      await this.register.checkStillLeader();
      if ((await this.files.stat(path)) === undefined) {
        this.remnants.delete(path);
        return true;
      }
      await this.files.remove(joinPath(path, METADATA_FILE));
      await this.files.syncDirectory(path);
      if (needed.size > 0) {
        for (const file of await this.files.list(path)) if (!needed.has(file.name)) await this.files.remove(file.path);
        this.remnants.set(path, needed.size);
        return true;
      }
      await this.files.removeTree(path);
      await this.files.syncDirectory(this.directory);
      this.remnants.delete(path);
      return true;
    } catch (failure) {
      if (failure instanceof LeadershipLostError) this.phase = 'deposed';
      this.logger.log('warn', 'a checkpoint could not be removed', { path, failure: toError(failure).message });
      return false;
    }
  }

  private pathOf(checkpointId: number): string {
    return joinPath(this.directory, checkpointDirectoryName(checkpointId, this.epoch));
  }

  private registerValue(status: JobRegister['status'], checkpoint: CompletedCheckpoint | undefined): JobRegister {
    if (checkpoint === undefined) return { epoch: this.epoch, status };
    return { epoch: this.epoch, status, lastCompletedCheckpoint: { checkpointId: checkpoint.metadata.checkpointId, path: checkpoint.path } };
  }
}

/** Names of files in this checkpoint's directory that these refer to. */
function namesReferenced(path: string, by: readonly CompletedCheckpoint[]): Set<string> {
  const prefix = `${baseName(path)}/`;
  return new Set(by.flatMap(({ metadata }) => filesOf(metadata).filter((file) => file.path.startsWith(prefix)).map((file) => baseName(file.path))));
}
