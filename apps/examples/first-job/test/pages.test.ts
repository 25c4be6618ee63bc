/** The README and the tutorial show these files, and they run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const sources = join(root, 'apps/examples/first-job/src');

function snippets(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
}

it.each([
  ['README.md', ['job.ts']],
  ['docs/guide/first-job.md', ['first-step.ts', 'job.ts']],
])('%s shows %j as they are', (page, files) => {
  expect(snippets(page)).toEqual(files.map((file) => readFileSync(join(sources, file), 'utf8')));
});

it('weir run job.ts / writes the warmest reading of each room and hour', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-first-job-'));
  try {
    const { status, stderr } = spawnSync(
      process.execPath, [join(root, 'apps/cli/bin/weir.mjs'), 'run', join(sources, 'job.ts'), '--', '--perSecond', '1000000'],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('records      60,000 ') });
    const rooms = join(folder, 'out/rooms');
    const rows = readdirSync(rooms).flatMap((name) => readFileSync(join(rooms, name), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as { key: string; windowStart: number; windowEnd: number; value: number });
    expect(rows).toHaveLength(4 * 17);
    expect(rows).toContainEqual({ key: 'attic', windowStart: Date.UTC(2026, 0, 1), windowEnd: Date.UTC(2026, 0, 1, 1), value: 23.3 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
