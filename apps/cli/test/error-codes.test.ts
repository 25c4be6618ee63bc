/** docs/errors.md against the sources. The script that reads both is plain JavaScript, run as anyone would run it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('docs/errors.md has a row for every error code of the sources, and no other', () => {
  const { status, stdout } = spawnSync(process.execPath, ['tools/scripts/error-codes.mjs'], { cwd: root, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

it('docs/errors.md has each code once, in order within its section', () => {
  const sections = readFileSync(`${root}/docs/errors.md`, 'utf8').split(/^## /m).slice(1);
  const codes = sections.map((section) => [...section.matchAll(/^\| `(WEIR_\w+)` \|/gm)].map(([, code]) => code));
  expect(codes).toEqual(codes.map((of) => [...of].sort()));
  expect(new Set(codes.flat()).size).toBe(codes.flat().length);
});
