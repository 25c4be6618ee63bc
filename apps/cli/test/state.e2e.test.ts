/** `weir state` on what real runs left, by each backend. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

jest.setTimeout(120_000);

const weir = fileURLToPath(new URL('../bin/weir.mjs', import.meta.url));
const JOB = `
import { defineJob, param } from '@weir/datastream';
const params = { n: param.integer({ default: 4 }) };
export default defineJob('sum', { params }, (env, { n }) => {
  env.fromSequence(1, n).uid('numbers').keyBy((x) => x % 100).reduce((a, b) => a + b).uid('sum').filter((x) => x < 0).print().uid('print');
});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-state-'));
  writeFileSync(join(folder, 'job.ts'), JOB);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
function run(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [weir, ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } });
  return { code: status, out: stdout, err: stderr };
}
const objects = ({ out }: Outcome): unknown[] => out.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);

/** Runs the job to its end; the path of its last checkpoint. */
function checkpointOf(n: number, ...options: string[]): string {
  const directory = `checkpoints-${n}-${options.length}`;
  const { code, err } = run('run', 'job.ts', ...options, '-D', `execution.checkpointing.dir=${directory}`, '--', '--n', String(n));
  expect({ code, problem: code === 0 ? '' : err }).toEqual({ code: 0, problem: '' });
  const found = objects(run('checkpoint', 'ls', directory, '--json')) as { path: string }[];
  return (found.at(-1) as { path: string }).path;
}

/** Of 1 to n by last two digits. */
function sumOf(key: number, n: number): number {
  let sum = 0;
  for (let x = key === 0 ? 100 : key; x <= n; x += 100) sum += x;
  return sum;
}

describe('weir state', () => {
  it.each([
    ['heap', ['-p', '2']],
    ['leveldb', ['-p', '3', '-D', 'state.backend.type=leveldb']],
  ])('given a checkpoint of the %s backend / lists its states and reads every entry', (_, options) => {
    const path = checkpointOf(5000, ...options);
    expect(run('state', 'ls', path).out).toMatch(/^operator +uid +state +kind +types +entries\n[^]*Keyed Reduce +sum +_reduce +value +\S+ +100\n/);
    const entries = objects(run('state', 'read', path, 'sum')) as { key: number; value: number }[];
    expect(entries.sort((a, b) => a.key - b.key)).toEqual(Array.from({ length: 100 }, (_key, key) => ({ state: '_reduce', key, value: sumOf(key, 5000) })));
    expect(objects(run('state', 'read', path, 'sum', '_reduce', '--key', '17'))).toEqual([{ state: '_reduce', key: 17, value: sumOf(17, 5000) }]);
    expect(objects(run('state', 'read', path, 'sum', '--limit', '3'))).toHaveLength(3);
  });

  it('given two checkpoints / tells which entries differ, whatever parallelism and backend wrote them', () => {
    const before = checkpointOf(5000, '-p', '2');
    const after = checkpointOf(5002, '-p', '3', '-D', 'state.backend.type=leveldb');
    const differences = run('state', 'diff', before, after, 'sum');
    expect(differences.code).toBe(1);
    expect((objects(differences) as { key: number }[]).sort((a, b) => a.key - b.key)).toEqual([1, 2].map((key) => (
      { operator: 'sum', state: '_reduce', key, change: 'changed', before: sumOf(key, 5000), after: sumOf(key, 5002) }
    )));
    expect(run('state', 'diff', before, before)).toMatchObject({ code: 0, out: '' });
  });

  it('given what is not there / names what is', () => {
    const path = checkpointOf(10);
    expect(run('state', 'read', path, 'summ').err).toContain('error WEIR_STATE_NOT_FOUND: the snapshot has no operator summ; it has numbers, sum');
    expect(run('state', 'read', path, 'sum', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('the snapshot has no state x; it has _reduce\n') });
    expect(run('state', 'read', path, 'sum', '--key', 'abc')).toMatchObject({ code: 2, err: expect.stringContaining('--key abc is not JSON') });
    expect(run('state', 'ls', 'nowhere').err).toContain('error WEIR_CHECKPOINT_NOT_FOUND');
  });
});
