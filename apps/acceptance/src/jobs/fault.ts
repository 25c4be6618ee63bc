/**
 * A fault that happens once in the life of a job, whatever restarts: it leaves a marker file, and where the marker is there is no fault any
 * more. Markers are made exclusively, so that of several subtasks one fails.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Fault {
  private readonly marker: string;
  private spent: boolean;

  constructor(private readonly name: string, directory: string) {
    this.marker = join(directory, name);
    this.spent = existsSync(this.marker);
  }

  /** Throws the fault unless it has happened already. */
  strike(): void {
    if (this.spent) return;
    this.spent = true;
    if (!markOnce(this.marker)) return;
    throw new Error(`injected: ${this.name}`);
  }
}

function markOnce(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
