/**
 * How fast a cluster is there, how fast a job runs in it, how fast it runs again after a TaskManager was killed, and what idle processes take. All by
 * the commands that users give; times are of the wall clock from the start of the command.
 *
 *   npm run bench -- start [--json] [--rounds N] [--kills N] [--only up|submit|embedded|memory|recovery]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LocalCluster } from '../local-cluster.js';
import { median, round3 } from '../measure.js';
import { printTable } from '../report.js';
import { repository, WeirProgram } from '../weir-program.js';
import { memoryOf } from './memory-of.js';

const { values } = parseArgs({ options: {
  json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' }, kills: { type: 'string', default: '10' }, only: { type: 'string', default: '' },
} });
const rounds = Number(values.rounds);
const wanted = (name: string): boolean => name.includes(values.only);
const STEADY_JOB = join(repository, 'benchmarks/src/start/steady.job.ts');
const IDLE_MS = 5000;

interface Row {
  readonly name: string;
  /** What is asked of it. */
  readonly bar: string;
  readonly result: string;
  readonly samples: readonly number[];
  readonly load: number;
}
interface Job {
  readonly missingSlots: number;
  readonly status: { readonly state: string; readonly restarts: number; readonly vertices: readonly { readonly parallelism: number; readonly subtaskStates: { readonly running?: number } }[] };
}

const rows: Row[] = [];
const program = new WeirProgram();

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
function add(name: string, bar: string, samples: readonly number[], result = inSeconds(median(samples))): void {
  rows.push({ name, bar, result, samples: samples.map(Math.round), load: round3(loadavg()[0]) });
}

async function withCluster(options: readonly string[], work: (cluster: LocalCluster) => Promise<void>): Promise<void> {
  const cluster = await LocalCluster.start(program, ...options);
  try {
    await work(cluster);
  } finally {
    await cluster.close();
  }
}

/** All subtasks of all vertices run. */
async function isRunning(cluster: LocalCluster, job: string, restarts: number): Promise<boolean> {
  const { status } = await cluster.get<Job>(`/weir/jobs/${job}`);
  return status.state === 'running' && status.restarts >= restarts && status.vertices.every((it) => it.subtaskStates.running === it.parallelism);
}

async function submit(cluster: LocalCluster): Promise<{ readonly job: string; readonly tookMs: number }> {
  const begun = performance.now();
  const job = (await program.command('run', '-d', '-p', '2', '-D', 'execution.checkpointing.interval=1 s', '--target', cluster.rest, STEADY_JOB)).trim();
  return { job, tookMs: await cluster.until('to run', begun, () => isRunning(cluster, job, 0)) };
}

/** What starting any program costs at this moment. */
async function emptyProcess(): Promise<void> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
    samples.push(performance.now() - begun);
  }
  add('for comparison: an empty Node process, start to end', '0.06 s on a quiet machine', samples);
}

async function up(): Promise<void> {
  for (const [name, options] of [['one TaskManager', ['--taskmanagers', '1']], ['two TaskManagers', []]] as const) {
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) await withCluster(options, async ({ startedInMs }) => void samples.push(startedInMs));
    add(`cluster up to ready, ${name} with two slots each`, '2 s', samples);
  }
}

async function submits(): Promise<void> {
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await withCluster(['--taskmanagers', '1'], async (cluster) => {
      for (const samples of [first, second]) {
        const { job, tookMs } = await submit(cluster);
        samples.push(tookMs);
        await program.command('job', 'cancel', '--target', cluster.rest, job);
      }
    });
  }
  add('submit to all tasks running, first job of a cluster', '0.5 s', first);
  add('submit to all tasks running, second job', '0.5 s', second);
}

async function embedded(): Promise<void> {
  const samples: number[] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const begun = performance.now();
    const child = spawn(process.execPath, [join(repository, 'apps/cli/bin/weir.mjs'), 'run', join(repository, 'apps/examples/word-count/src/job.ts')], { cwd: program.directory, stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    if (round > 0) samples.push(performance.now() - begun); // the first bundles the module
    child.stdout.resume();
    await exited;
  }
  add('word-count in one process, command to first output', '', samples);
}

async function memory(): Promise<void> {
  await withCluster(['--taskmanagers', '1'], async (cluster) => {
    await sleep(IDLE_MS);
    const sizes = cluster.processes.map(({ id, pid }) => ({ id, ...memoryOf(pid) }));
    const sum = (read: (size: (typeof sizes)[number]) => number): number => Math.round(sizes.reduce((all, size) => all + read(size), 0));
    const parts = sizes.map(({ id, rssMiB, pssMiB }) => `${id} ${Math.round(rssMiB)}/${Math.round(pssMiB)}`).join(', ');
    add('idle: JobManager, TaskManager with two slots, nats-server', '220 MB', sizes.map(({ rssMiB }) => rssMiB), `${sum((it) => it.rssMiB)} MiB RSS, ${sum((it) => it.pssMiB)} MiB PSS (${parts})`);
  });
}

async function recovery(): Promise<void> {
  await withCluster([], async (cluster) => {
    const { job } = await submit(cluster);
    const samples: number[] = [];
    let restarts = 0;
    for (let kill = 0; kill < Number(values.kills); kill++) {
      await sleep(2000); // a checkpoint or two
      const victims = (await cluster.current()).filter(({ role }) => role === 'taskmanager');
      const killed = performance.now();
      process.kill(victims[kill % victims.length].pid, 'SIGKILL');
      samples.push(await cluster.until('to run again', killed, () => isRunning(cluster, job, restarts + 1)));
      restarts = (await cluster.get<Job>(`/weir/jobs/${job}`)).status.restarts;
      await cluster.until('to have all slots again', performance.now(), async () => (await cluster.get<{ readonly 'slots-total': number }>('/overview'))['slots-total'] === 4);
    }
    const sorted = [...samples].sort((a, b) => a - b);
    const p95 = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)];
    add(`kill -9 of a TaskManager to all tasks running, spare slots, ${samples.length} kills`, 'p50 0.9 s, p95 2 s', samples, `p50 ${inSeconds(median(samples))}, p95 ${inSeconds(p95)}`);
  });
}

try {
  await emptyProcess();
  if (wanted('up')) await up();
  if (wanted('submit')) await submits();
  if (wanted('embedded')) await embedded();
  if (wanted('memory')) await memory();
  if (wanted('recovery')) await recovery();
  await emptyProcess();
  printTable('start', `medians of ${rounds} rounds, by the commands of the CLI`, {
    what: (r) => r.name, seen: (r) => `**${r.result}**`, bar: (r) => r.bar, rounds: (r) => r.samples.join(' '), load: (r) => r.load.toFixed(1),
  }, rows, values.json);
} finally {
  program.close();
}
