/**
 * Where history is decided: the ports of one life, watched at the steps that complete a checkpoint, with faults aimed at them. The register may
 * leave the outcome of a compare-and-set unknown, and may come back from a power cut with an older value.
 */
import type { FileStore, HighAvailability, SeededRandom } from '@weir/ports';
import type { JobId } from '@weir/base';

/**
 * `before-…`: the step was asked for and has had no effect yet. `register-set`: it has, and the process does not know. `register-unknown`: the
 * outcome of a write was withheld.
 */
export type ProtocolPoint = 'before-metadata' | 'before-register' | 'register-set' | 'register-unknown';
type Reached = (point: ProtocolPoint) => void;
type Register = NonNullable<Awaited<ReturnType<HighAvailability['readRegister']>>>['value'];

/** Faults of the register over all lives of a run. */
export class RegisterFaults {
  private readonly history: Register[] = [];
  private inRow = 0;
  constructor(private readonly random: SeededRandom, /** Share of writes whose outcome is unknown. */ private readonly unknownShare: number, private readonly rollBackShare: number) {}

  /** The outcome of the next write stays unknown: it is applied, or not. Fewer in a row than a leader tries. */
  drawUnknown(): 'applied' | 'not-applied' | undefined {
    if (this.inRow >= 2 || !this.random.chance(this.unknownShare)) {
      this.inRow = 0;
      return undefined;
    }
    this.inRow++;
    return this.random.pick(['applied', 'not-applied'] as const);
  }
  written(value: Register): void {
    this.history.push(value);
  }
  /** F11: after a power cut the register may hold what it held before. Epochs do not go back. */
  async rollBack(register: HighAvailability, job: JobId): Promise<void> {
    if (this.history.length < 2 || !this.random.chance(this.rollBackShare)) return;
    const current = await register.readRegister(job);
    const older = this.history[Math.max(0, this.history.length - 2 - this.random.nextInt(2))];
    await register.compareAndSetRegister(job, current?.version ?? 0, older);
  }
}

export function watchedRegister(inner: HighAvailability, faults: RegisterFaults, reached: Reached): HighAvailability {
  return {
    claimEpoch: () => inner.claimEpoch(),
    largestEpoch: () => inner.largestEpoch(),
    readRegister: (job) => inner.readRegister(job),
    compareAndSetRegister: async (job, expectedVersion, value) => {
      reached('before-register');
      const unknown = faults.drawUnknown();
      if (unknown !== undefined) reached('register-unknown');
      if (unknown === 'not-applied') throw new Error('injected: the outcome is unknown');
      const outcome = await inner.compareAndSetRegister(job, expectedVersion, value);
      if (outcome === 'set') faults.written(value);
      reached('register-set');
      if (unknown === 'applied') throw new Error('injected: the outcome is unknown');
      return outcome;
    },
  };
}

export function watchedFiles(inner: FileStore, reached: Reached): FileStore {
  return {
    ...inner,
    createExclusive: (path, bytes) => {
      if (path.endsWith('/_metadata')) reached('before-metadata');
      return inner.createExclusive(path, bytes);
    },
  };
}
