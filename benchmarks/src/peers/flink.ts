/** Builds `peers/flink` with Maven and runs its programs, so that a suite can measure Apache Flink in turn with Weir. Needs Java 17 and Maven. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../peers/flink', import.meta.url));
const OPENED = [
  'java.lang', 'java.net', 'java.io', 'java.nio', 'sun.nio.ch', 'java.lang.reflect', 'java.text', 'java.time', 'java.util', 'java.util.concurrent', 'java.util.concurrent.atomic',
  'java.util.concurrent.locks',
];

export interface PeerFigures {
  readonly name: string;
  readonly events: number;
  readonly recordsPerS: number;
  readonly recordsPerCoreS: number;
  readonly cores: number;
  readonly peakRssMiB: number;
  /** What the job's output adds up to; only of `WorkloadMain` and `SerializerMain`. */
  readonly sum?: number;
}

/** Compiles when something changed since the last time. */
export function buildFlinkPeer(): void {
  const stamp = join(folder, 'target', 'built');
  const sources = [join(folder, 'pom.xml'), ...readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, 'src', name))];
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return;
  execFileSync('mvn', ['-q', '-B', 'compile', 'dependency:copy-dependencies', `-DoutputDirectory=${join('target', 'lib')}`], { cwd: folder, stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, '');
}

/** Runs a program of the peer; its last line is JSON. `heap` as Java writes it, e.g. `4g`. */
export function runFlinkPeer(main: string, args: readonly string[], heap: string): PeerFigures {
  const { status, stdout, stderr } = spawnSync('java', [
    '-XX:+UseParallelGC', `-Xms${heap}`, `-Xmx${heap}`, '--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED', ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    '-cp', ['target/classes', 'target/lib/*'].join(':'), `weir.peers.${main}`, ...args,
  ], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the Flink peer failed at ${main} ${args.join(' ')}: ${stderr.trim().slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as PeerFigures;
}

/**
 * A DataStream job of the peer at each of the parallelisms in turn; the one that does most per core counts, in Flink's favour. `records` is per subtask, so
 * that all take about the same time.
 */
export function bestOfFlink(workload: string, records: number, parallelisms: readonly number[], heap: string, checkpointInterval = '10 s'): PeerFigures {
  const runs = parallelisms.map((parallelism) => runFlinkPeer('WorkloadMain', [workload, String(records * parallelism), String(parallelism), checkpointInterval], heap));
  return runs.reduce((best, run) => (run.recordsPerCoreS > best.recordsPerCoreS ? run : best));
}
