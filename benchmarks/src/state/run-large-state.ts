/** State of many keys in a process whose memory is limited: two checkpoints, the second after a part has changed, and a restore. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LargeStateResult {
  readonly keys: number;
  /** Of the entries: key and value. */
  readonly stateBytes: number;
  /** Of the process that held it; table files that LevelDB maps are in it, and the system takes those pages back when it needs them. */
  readonly peakRssMiB: number;
  /** Without mapped files: what the limit is about. */
  readonly peakAnonymousMiB: number;
  /** What the first checkpoint wrote. */
  readonly fullBytes: number;
  /** What the second wrote, after one key of a hundred had changed. */
  readonly incrementalBytes: number;
  /** The longest that the task had to wait for a checkpoint. */
  readonly syncMsMax: number;
  /** The longest turn in which state was encoded. */
  readonly captureMsMax: number;
  readonly updatesPerS: number;
  readonly fullMs: number;
  readonly incrementalMs: number;
  readonly restoreMs: number;
  /** Every key was read again after a restore in another process and was right. */
  readonly restored: boolean;
}

/** Watches the whole process: JS heap, buffers and LevelDB's own memory. One that goes over the limit is stopped. Peaks between two looks are missed. */
const WATCH_MS = 100;

export async function runLargeState(keys: number, limitMiB: number): Promise<LargeStateResult> {
  const script = join(import.meta.dirname, 'large-state-process.ts');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${Math.floor(limitMiB * 0.6)}`, '--conditions=@weir/source', '--import', 'tsx', script, String(keys)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    let rssKiB = 0;
    let anonymousKiB = 0;
    const watch = setInterval(() => {
      rssKiB = Math.max(rssKiB, statusOf(child.pid, 'VmHWM'));
      anonymousKiB = Math.max(anonymousKiB, statusOf(child.pid, 'RssAnon'));
      if (anonymousKiB > limitMiB * 1024) child.kill('SIGKILL');
    }, WATCH_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (code) => {
      clearInterval(watch);
      const peakAnonymousMiB = Math.round(anonymousKiB / 1024);
      if (code === 0) resolve({ ...(JSON.parse(output) as LargeStateResult), peakRssMiB: Math.round(rssKiB / 1024), peakAnonymousMiB });
      else reject(new Error(peakAnonymousMiB > limitMiB ? `the process needed ${peakAnonymousMiB} MiB, ${limitMiB} were allowed` : `the process ended with ${code}: ${output}`));
    });
  });
}

/** KiB. */
function statusOf(pid: number | undefined, field: string): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // gone
  }
}
