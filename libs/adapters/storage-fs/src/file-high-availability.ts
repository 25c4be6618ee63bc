/**
 * Leader epochs and job registers as files in one directory of any {@link FileStore} (D4, D5). Compare-and-set is exclusive creation.
 *
 *      epoch-<n>                          one per claimed term, never removed: a stale claimer cannot reuse a small one
 *      register-<job>-<version>.json      { crc32, body: { job, version, value } }; the largest version is the register
 *
 *  H1  a version file is created once, with all its bytes, durably: the winner of version v + 1 is the one whose expected version was v;
 *  H2  old versions are removed lazily, so a writer that stood still may create one that was removed: after each creation it looks for
 *      larger versions and, if there are any, says that the outcome is unknown rather than `set`;
 *  H3  a damaged largest version is an error and never skipped: the one before it names an older checkpoint;
 *  H4  what is read is durable: whoever created it may have died, or failed, between the name and its sync.
 */
import { type JobId, leaderEpoch, type LeaderEpoch } from '@weir/base';
import {
  type CompareAndSetOutcome,
  type FileStore,
  FileStoreError,
  type HighAvailability,
  type JobRegister,
  joinPath,
  type Versioned,
} from '@weir/ports';
import { RegisterDamagedError, RegisterOutcomeUnknownError } from './errors.js';
import { decodeRegister, encodeRegister } from './register-file.js';

/** Versions of a register that are kept, for people to look at. */
const KEPT_VERSIONS = 8;
const EPOCH_FILE = /^epoch-([1-9]\d*)$/;

export class FileHighAvailability implements HighAvailability {
  private directoryMade = false;
  /** Versions up to this one are durable; only of a register that was read or set here (H4). */
  private readonly durable = new Map<JobId, number>();

  constructor(
    private readonly files: FileStore,
    private readonly directory: string,
  ) {}

  async claimEpoch(): Promise<LeaderEpoch> {
    await this.makeDirectory();
    for (let epoch = (await this.largestEpochNumber()) + 1; ; epoch++) {
      if (await this.createFile(joinPath(this.directory, `epoch-${epoch}`), new TextEncoder().encode(`${epoch}\n`))) return leaderEpoch(epoch);
    }
  }

  async largestEpoch(): Promise<LeaderEpoch | undefined> {
    const largest = await this.largestEpochNumber();
    return largest === 0 ? undefined : leaderEpoch(largest);
  }

  async readRegister(job: JobId): Promise<Versioned<JobRegister> | undefined> {
    for (;;) {
      const version = (await this.versions(job)).at(-1);
      if (version === undefined) return undefined;
      const path = this.registerPath(job, version);
      try {
        const decoded = decodeRegister(await this.files.read(path), job, version);
        if (typeof decoded === 'string') throw new RegisterDamagedError(path, decoded); // H3
        if (version > (this.durable.get(job) ?? 0)) await this.files.syncDirectory(this.directory); // H4
        this.durable.set(job, version);
        return { version, value: decoded };
      } catch (thrown) {
        if (thrown instanceof FileStoreError && thrown.failure === 'not-found') continue; // removed after a newer one appeared
        throw thrown;
      }
    }
  }

  async compareAndSetRegister(job: JobId, expectedVersion: number, value: JobRegister): Promise<CompareAndSetOutcome> {
    await this.makeDirectory();
    if (((await this.versions(job)).at(-1) ?? 0) !== expectedVersion) return 'conflict';
    const version = expectedVersion + 1;
    const path = this.registerPath(job, version);
    if (!(await this.createFile(path, encodeRegister(job, version, value)))) return 'conflict'; // H1
    const versions = await this.versions(job);
    const largest = versions.at(-1) ?? version;
    if (largest > version) throw new RegisterOutcomeUnknownError(path, largest); // H2
    this.durable.set(job, version);
    await this.removeOld(job, versions, version);
    return 'set';
  }

  /** The register is set: what fails here leaves a file too many, which the next call removes. */
  private async removeOld(job: JobId, versions: readonly number[], current: number): Promise<void> {
    for (const version of versions) {
      if (version > current - KEPT_VERSIONS) return;
      try {
        await this.files.remove(this.registerPath(job, version));
      } catch (thrown) {
        if (thrown instanceof FileStoreError) return;
        throw thrown;
      }
    }
  }

  private async createFile(path: string, bytes: Uint8Array): Promise<boolean> {
    try {
      await this.files.createExclusive(path, bytes);
      return true;
    } catch (thrown) {
      if (thrown instanceof FileStoreError && thrown.failure === 'already-exists') return false;
      throw thrown;
    }
  }

  private async makeDirectory(): Promise<void> {
    if (this.directoryMade) return;
    await this.files.makeDirectory(this.directory);
    this.directoryMade = true;
  }

  private async largestEpochNumber(): Promise<number> {
    let largest = 0;
    for (const { name } of await this.files.list(this.directory)) {
      const match = EPOCH_FILE.exec(name);
      if (match !== null) largest = Math.max(largest, Number(match[1]));
    }
    return largest;
  }

  /** Ascending. */
  private async versions(job: JobId): Promise<number[]> {
    const pattern = new RegExp(`^register-${job}-([1-9]\\d*)\\.json$`);
    const found: number[] = [];
    for (const { name } of await this.files.list(this.directory)) {
      const match = pattern.exec(name);
      if (match !== null) found.push(Number(match[1]));
    }
    return found.sort((a, b) => a - b);
  }

  private registerPath(job: JobId, version: number): string {
    return joinPath(this.directory, `register-${job}-${version}.json`);
  }
}
