/** The hard promise on memory: the main job over its three million flights stays below 400 MB. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, it, jest } from '@jest/globals';
import { mainJob, WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

const workspace = new Workspace();
afterAll(() => workspace.remove());

it('given the main job / when it has run / then its peak memory was 400 MB at most', async () => {
  const process = new WeirProcess(workspace.path, ['run', mainJob, '--json', '--', '--output', 'result']);
  let peakMb = 0;
  await process.until(() => {
    peakMb = Math.max(peakMb, peakMemoryMb(process.pid));
    return false; // to its end
  });
  expect((await process.outcome).code).toBe(0);
  console.log(`peak memory: ${peakMb.toFixed(0)} MB`);
  expect(peakMb).toBeGreaterThan(0);
  expect(peakMb).toBeLessThanOrEqual(400);
});

/** The kernel's high-water mark of resident memory, so that looking now and then is enough; 0 when the process is gone. */
function peakMemoryMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}
