import { beforeEach, describe, expect, test } from '@jest/globals';
import { readJson, type Tree, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import libGenerator from '../src/lib/lib.cjs';

describe('the lib generator', () => {
  let tree: Tree;

  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    writeJson(tree, 'package.json', {
      name: 'weir',
      version: '0.0.1',
      engines: { node: '>=20.19' },
      workspaces: ['libs/*', 'libs/*/*'],
      devDependencies: { tslib: '2.8.1' },
    });
    writeJson(tree, 'tsconfig.json', { references: [{ path: './libs/base' }, { path: './libs/ports' }] });
    for (const name of ['base', 'ports']) {
      writeJson(tree, `libs/${name}/package.json`, { name: `@weir/${name}`, version: '0.0.1' });
    }
  });

  test('given a layer and a name / when it runs / then the lib has all its files', async () => {
    await libGenerator(tree, { path: 'adapters/format-avro', purpose: 'Avro as a `Format`.', dependsOn: 'ports,base' });

    const folder = 'libs/adapters/format-avro';
    expect(tree.children(folder).sort()).toEqual([
      'README.md',
      'bench',
      'jest.config.cjs',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
      'tsconfig.lib.json',
      'tsconfig.spec.json',
    ]);
    expect(tree.children(`${folder}/test`)).toEqual(['format-avro.test.ts']);
    expect(tree.children(`${folder}/bench`)).toEqual(['format-avro.bench.ts']);
    expect(tree.read(`${folder}/README.md`, 'utf8')).toBe('# @weir/format-avro\n\nAvro as a `Format`.\n');
    expect(readJson(tree, `${folder}/package.json`)).toMatchObject({
      name: '@weir/format-avro',
      version: '0.0.1',
      description: 'Avro as a Format.',
      nx: { tags: ['layer:adapters', 'env:neutral'] },
      dependencies: { '@weir/base': '0.0.1', '@weir/ports': '0.0.1', tslib: '2.8.1' },
    });
  });

  test('given dependencies / when it runs / then sources refer to them, tests to the sources and the harness', async () => {
    await libGenerator(tree, { path: 'adapters/format-avro', dependsOn: 'base' });

    const references = (file: string) =>
      readJson(tree, `libs/adapters/format-avro/${file}`).references.map((it: { path: string }) => it.path);
    expect(references('tsconfig.lib.json')).toEqual(['../../base/tsconfig.lib.json']);
    expect(references('tsconfig.spec.json')).toEqual(['./tsconfig.lib.json', '../../testing/tsconfig.lib.json']);
    expect(readJson(tree, 'tsconfig.json').references.map((it: { path: string }) => it.path)).toEqual([
      './libs/adapters/format-avro',
      './libs/base',
      './libs/ports',
    ]);
  });

  test('given a core lib / when it runs / then its tests do not wait for the harness', async () => {
    await libGenerator(tree, { path: 'core/window' });

    expect(readJson(tree, 'libs/core/window/tsconfig.spec.json').references).toEqual([{ path: './tsconfig.lib.json' }]);
  });

  test.each(['window', 'base/window', 'apps/window', 'core/Window', 'core/a/b'])(
    'given %p, which is no place on the ladder / when it runs / then it declines',
    async (path) => {
      await expect(libGenerator(tree, { path })).rejects.toThrow(/expected <layer>\/<name>/);
    },
  );

  test('given a name that is taken / when it runs / then it declines', async () => {
    await expect(libGenerator(tree, { path: 'core/ports' })).rejects.toThrow('@weir/ports exists in libs/ports');
  });
});
