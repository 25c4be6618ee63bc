/** Output that cannot be written, at once or from some moment on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, filesBelow, ReferenceOutput, uncommittedFiles } from './support/output.js';
import { failureIn, flightsFile, mainJob, runWeir, runWeirWell } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

const FLIGHTS = 500_000;
/** The output takes 23 MB. */
const SMALL_FILE_SYSTEM_MB = 10;
const SMALL_FILE_KB = 512;

const workspace = new Workspace();
const mounts: string[] = [];
beforeAll(() => writeFlights(flightsFile, workspace.file('flights.parquet'), FLIGHTS));
afterAll(() => {
  for (const mount of mounts) spawnSync('umount', [mount]);
  workspace.remove();
});

it('given an output directory below a regular file / when the job is started / then it is refused by name, and nothing is written', async () => {
  writeFileSync(workspace.file('regular'), 'not a directory');
  const { code, out } = await runWeir(workspace.path, ['run', mainJob, '--json', '--', '--output', 'regular/inside']);
  expect({ code, failure: failureIn(out) }).toMatchObject({ code: 1, failure: { code: 'WEIR_SINK_DIRECTORY_UNWRITABLE', message: expect.stringContaining('regular/inside') } });
  expect(failureIn(out)?.hint).toMatch(/^[A-Z].*\.$/);
});

it('given a read-only file system / when the job is started / then it is refused by name', async () => {
  const mount = mountedTmpfs('read-only', ['-o', 'ro']);
  if (mount === undefined) return notPossible('a read-only file system: mounting needs root');
  const { code, out } = await runWeir(workspace.path, ['run', mainJob, '--json', '--', '--output', `${mount}/inside`]);
  expect({ code, failure: failureIn(out) }).toMatchObject({ code: 1, failure: { code: 'WEIR_SINK_DIRECTORY_UNWRITABLE', message: expect.stringContaining('read-only/inside') } });
});

interface LimitedSpace {
  readonly directory: string;
  /** Starts the CLI while space is short. */
  readonly wrapper: readonly string[];
  readonly code: string;
  free(): void;
}

describe.each([
  { space: 'a full file system', limited: smallFileSystem },
  { space: 'a limit on the size of files', limited: fileSizeLimit },
])('given $space', ({ space, limited }) => {
  it('when a job meets it / then it fails by code and leaves whole files; with space again --resume completes it exactly', async () => {
    const limit = limited();
    if (limit === undefined) return notPossible(`${space}: mounting needs root`);
    const args = ['--json', '-D', 'execution.checkpointing.interval=100ms', '-D', 'restart-strategy.type=none', '--', '--input', 'flights.parquet', '--output'];
    await runWeirWell(workspace.path, ['run', jobModule('many-lines'), ...args, 'undisturbed']);
    const reference = new ReferenceOutput(numbered(committedLines(workspace.file('undisturbed'))));

    const failed = await runWeir(workspace.path, ['run', jobModule('many-lines'), ...args, limit.directory], { wrapper: limit.wrapper });
    expect({ exit: failed.code, failure: failureIn(failed.out) }).toMatchObject({ exit: 1, failure: { code: limit.code, hint: expect.stringMatching(/^[A-Z].*\.$/) } });
    expect(failureIn(failed.out)?.message).toContain('.inprogress');
    expect(reference.problemsOfPart(numbered(committedLines(limit.directory)))).toEqual([]);

    limit.free();
    await runWeirWell(workspace.path, ['run', jobModule('many-lines'), '--resume', ...args, limit.directory]);
    expect(new ReferenceOutput(numbered(committedLines(limit.directory))).digest).toBe(reference.digest);
    expect(uncommittedFiles(limit.directory)).toEqual([]);
    expect(filesBelow(limit.directory).length).toBeGreaterThan(0);
  });
});

/** Flights may be equal: the n-th of its kind gets n. */
function numbered(lines: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const nth = (seen.get(line) ?? 0) + 1;
    seen.set(line, nth);
    return `${line} ${nth}`;
  });
}

function smallFileSystem(): LimitedSpace | undefined {
  const mount = mountedTmpfs('small', ['-o', `size=${SMALL_FILE_SYSTEM_MB}m`]);
  if (mount === undefined) return undefined;
  return {
    directory: `${mount}/lines`, wrapper: [], code: 'WEIR_DISK_FULL',
    free: () => expect(spawnSync('mount', ['-o', 'remount,size=100m', mount]).status).toBe(0),
  };
}

/** `ulimit -f` counts in KB. A write beyond it fails with EFBIG. */
function fileSizeLimit(): LimitedSpace {
  return {
    directory: workspace.file('limited'), code: 'WEIR_FILE_IO',
    wrapper: ['bash', '-c', `ulimit -f ${SMALL_FILE_KB} && exec "$@"`, 'bash'], free: () => undefined,
  };
}

function mountedTmpfs(name: string, options: readonly string[]): string | undefined {
  const directory = workspace.file(name);
  mkdirSync(directory);
  if (spawnSync('mount', ['-t', 'tmpfs', ...options, 'none', directory]).status !== 0) return undefined;
  mounts.push(directory);
  return directory;
}

function notPossible(what: string): void {
  console.log(`not possible here, hence not tested: ${what}`);
}
