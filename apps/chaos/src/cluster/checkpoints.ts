import { join } from 'node:path';
import { filesBelow } from '../oracles/committed.js';

/** Folders of a job's completed checkpoints, oldest first. */
export function completedCheckpoints(storage: string, jobId: string): string[] {
  const folder = join(storage, 'jobs', jobId, 'checkpoints');
  const idOf = (name: string): number => Number(/^chk-(\d+)-/.exec(name)?.[1] ?? 0);
  return filesBelow(folder).filter((name) => /^chk-[^/]*\/_metadata$/.test(name)).sort((a, b) => idOf(a) - idOf(b)).map((name) => join(folder, name.split('/')[0]));
}
