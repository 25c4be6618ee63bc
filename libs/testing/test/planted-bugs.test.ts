/**
 * That the net holds: bugs are planted in the source while it is loaded, and must be found (`npm run planted-bugs` for all of them,
 * docs/planted-bugs.md for what it found). Here: the patches fit the source of today, nothing of them is in it, and six of them are found.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { openBugs, plant, plantedBugs } from '../planted-bugs/catalogue.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'dist', 'out', 'test', 'bench', 'planted-bugs'].includes(entry.name) ? [] : sourceFiles(path);
    return path.includes('/src/') && path.endsWith('.ts') ? [path] : [];
  });
}

describe('the catalogue of planted bugs', () => {
  it('names every bug of the list of thirty once: planted, or open with a reason', () => {
    const numbers = new Set([...plantedBugs, ...openBugs].map(({ id }) => Number.parseInt(id, 10)));
    for (let number = 1; number <= 30; number++) expect(numbers).toContain(number);
    const ids = [...plantedBugs, ...openBugs].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { reason } of openBugs) expect(reason).not.toBe('');
  });

  it.each(plantedBugs.map((bug) => [bug.id, bug] as const))('plants bug %s in a place that is there once, and the file still parses', (_id, { edits }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const { diagnostics } = ts.transpileModule(plant(edits, file, read(file)), { fileName: file, reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022 } });
      expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
    }
  });

  it('is unknown to the source', () => {
    const files = sourceFiles('libs');
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter((file) => /planted[- ]?bug/i.test(read(file)))).toEqual([]);
  });
});

describe('the net', () => {
  const ROTATION = ['1', '3', '4', '12b', '15', '25'];
  it(`finds the bugs ${ROTATION.join(', ')}`, () => {
    const bugs = ROTATION.flatMap((id) => ['--bug', id]);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/scripts/planted-bugs.mjs', '--no-control', '--seeds', '60', ...bugs], { cwd: root, encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    expect(stdout.trim().split('\n').at(-1)).toContain('6 bugs, 6 found, 0 missed');
  }, 300_000);
});
