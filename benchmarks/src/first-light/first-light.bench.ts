/**
 * What a user meets first: the main job beside a hand-written script for the same file, its peak memory, and the time from the command to the
 * first output of `word-count`.
 *
 *   npm run bench -- first-light [--json] [--rounds N]
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, round3 } from '../measure.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } } });
const here = dirname(fileURLToPath(import.meta.url));
const root = execFileSync('git', ['rev-parse', '--show-toplevel'], { cwd: here, encoding: 'utf8' }).trim();
const flights = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet');
const weir = join(root, 'apps/cli/bin/weir.mjs');

interface Run {
  readonly wallMs: number;
  readonly firstOutputMs: number;
  readonly peakRssMiB: number;
}

/** Runs a Node program to its end; the peak is the kernel's high-water mark, read while it runs. */
function run(args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let firstOutputMs = 0;
    let peakRssMiB = 0;
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    const poll = setInterval(() => {
      const status = readStatus(child.pid as number);
      peakRssMiB = Math.max(peakRssMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    }, 10);
    child.stdout.on('data', () => { firstOutputMs ||= performance.now() - started; });
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(poll);
      if (code === 0) resolve({ wallMs: performance.now() - started, firstOutputMs, peakRssMiB: Math.round(peakRssMiB) });
      else reject(new Error(`${args[0]} ended with ${code}`));
    });
  });
}
/** Empty when the process is gone or the system has no such file. */
function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
function sortedLines(directory: string): string {
  return readdirSync(directory).sort().flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n')).filter((line) => line !== '').sort().join('\n');
}

const work = mkdtempSync(join(tmpdir(), 'weir-first-light-'));
try {
  const byHand = join(work, 'by-hand');
  const byWeir = join(work, 'by-weir');
  const hand: Run[] = [];
  const engine: Run[] = [];
  const words: Run[] = [];
  await run([weir, '--version'], work);
  for (let round = 0; round < Number(values.rounds); round++) {
    hand.push(await run([join(here, 'hand-written.mjs'), flights, byHand], work));
    engine.push(await run([weir, 'run', join(root, 'apps/examples/late-departures/src/job.ts'), '--', '--input', flights, '--output', byWeir], work));
    words.push(await run([weir, 'run', join(root, 'apps/examples/word-count/src/job.ts')], work));
  }
  for (const part of ['delays', 'alerts']) {
    if (sortedLines(join(byHand, part)) !== sortedLines(join(byWeir, part))) throw new Error(`${part} of the job and of the hand-written script differ`);
  }
  const results = [
    {
      name: 'main-job', ratio: round3(median(engine.map((r, i) => hand[i].wallMs / r.wallMs))), timeRatio: round3(median(engine.map((r, i) => r.wallMs / hand[i].wallMs))),
      seconds: round3(median(engine.map((r) => r.wallMs)) / 1000), handWrittenSeconds: round3(median(hand.map((r) => r.wallMs)) / 1000),
      peakRssMiB: Math.max(...engine.map((r) => r.peakRssMiB)), handWrittenPeakRssMiB: Math.max(...hand.map((r) => r.peakRssMiB)),
    },
    { name: 'word-count-first-output', seconds: round3(median(words.map((r) => r.firstOutputMs)) / 1000), peakRssMiB: Math.max(...words.map((r) => r.peakRssMiB)) },
  ];
  if (values.json) {
    console.log(JSON.stringify({ suite: 'first-light', results }, undefined, 2));
  } else {
    const [main, word] = results;
    console.log(`main job: ${main.seconds} s and ${main.peakRssMiB} MiB; by hand ${main.handWrittenSeconds} s and ${main.handWrittenPeakRssMiB} MiB; time ratio ${main.timeRatio}, same output`);
    console.log(`word-count: command to first output ${word.seconds} s, ${word.peakRssMiB} MiB`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
