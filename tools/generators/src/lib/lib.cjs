/** `nx g @weir/generators:lib <layer>/<name>`: writes a lib as STYLE of the workspace has it and adds it to the references. */
const { posix } = require('node:path');
const { getProjects, installPackagesTask, readJson, updateJson, writeJson } = require('@nx/devkit');

const testing = 'libs/testing';
const layers = ['core', 'runtime', 'adapters', 'surface'];
/** Layers that `testing` builds on, and whose tests therefore usually want it. Those below run without. */
const layersTestedWithHarness = ['runtime', 'adapters', 'surface'];

/**
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ path: string, purpose?: string, env?: 'neutral' | 'node', dependsOn?: string }} options
 */
async function libGenerator(tree, options) {
  const [layer, name, ...rest] = options.path.split('/');
  if (!layers.includes(layer) || !/^[a-z][a-z0-9-]*$/.test(name ?? '') || rest.length > 0) {
    throw new Error(`expected <layer>/<name> with a layer of ${layers.join(', ')}, got ${options.path}`);
  }
  const folder = `libs/${layer}/${name}`;
  const packageName = `@weir/${name}`;
  const folderOf = new Map([...getProjects(tree).values()].map((it) => [packageNameAt(tree, it.root), it.root]));
  if (tree.exists(`${folder}/package.json`)) throw new Error(`${folder} exists`);
  if (folderOf.has(packageName)) throw new Error(`${packageName} exists in ${folderOf.get(packageName)}`);

  const env = options.env ?? (layer === 'surface' ? 'node' : 'neutral');
  const purpose = options.purpose ?? `Says in one sentence what ${name} is for.`;
  const dependencies = (options.dependsOn ?? 'base')
    .split(',')
    .map((it) => `@weir/${it.trim()}`)
    .sort();
  const references = dependencies.map((it) => {
    const target = folderOf.get(it);
    if (!target) throw new Error(`no project is named ${it}`);
    return { path: `${posix.relative(folder, target)}/tsconfig.lib.json` };
  });
  const { version, devDependencies, engines } = readJson(tree, 'package.json');
  const up = posix.relative(folder, '.');

  writeJson(tree, `${folder}/package.json`, {
    name: packageName,
    version,
    description: purpose.replace(/`/g, ''),
    license: 'Apache-2.0',
    type: 'module',
    engines,
    sideEffects: false,
    files: ['dist', '!**/*.tsbuildinfo'],
    exports: {
      './package.json': './package.json',
      '.': { '@weir/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    },
    nx: { tags: [`layer:${layer}`, `env:${env}`] },
    dependencies: { ...Object.fromEntries(dependencies.map((it) => [it, version])), tslib: devDependencies.tslib },
  });
  writeJson(tree, `${folder}/tsconfig.json`, {
    extends: `${up}/tsconfig.base.json`,
    files: [],
    include: [],
    references: [{ path: './tsconfig.lib.json' }, { path: './tsconfig.spec.json' }],
  });
  writeJson(tree, `${folder}/tsconfig.lib.json`, {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      rootDir: 'src',
      outDir: 'dist',
      tsBuildInfoFile: 'dist/tsconfig.lib.tsbuildinfo',
      emitDeclarationOnly: false,
      types: ['node'],
    },
    include: ['src/**/*.ts'],
    exclude: ['src/**/*.test.ts'],
    references,
  });
  writeJson(tree, `${folder}/tsconfig.spec.json`, {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      rootDir: '.',
      outDir: 'out/spec',
      tsBuildInfoFile: 'out/spec/tsconfig.spec.tsbuildinfo',
      types: ['node'],
    },
    include: ['test/**/*.ts', 'bench/**/*.ts'],
    references: [
      { path: './tsconfig.lib.json' },
      ...(layersTestedWithHarness.includes(layer)
        ? [{ path: `${posix.relative(folder, testing)}/tsconfig.lib.json` }]
        : []),
    ],
  });
  tree.write(`${folder}/jest.config.cjs`, `module.exports = { displayName: '${name}', preset: '${up}/jest.preset.cjs' };\n`);
  tree.write(`${folder}/README.md`, `# ${packageName}\n\n${purpose}\n`);
  tree.write(`${folder}/src/index.ts`, 'export {};\n');
  tree.write(
    `${folder}/test/${name}.test.ts`,
    `import { expect, test } from '@jest/globals';
import * as lib from '../src/index.js';

test('given nothing yet / when the lib is loaded / then it exports nothing', () => {
  expect(Object.keys(lib)).toEqual([]);
});
`,
  );
  tree.write(
    `${folder}/bench/${name}.bench.ts`,
    '// Measured: nothing yet. Say here what is measured, what is not, and how noisy it is.\nexport {};\n',
  );
  updateJson(tree, 'tsconfig.json', (json) => ({
    ...json,
    references: [...json.references, { path: `./${folder}` }].sort((a, b) => (a.path < b.path ? -1 : 1)),
  }));
  // Links the new package into node_modules.
  return () => installPackagesTask(tree, true);
}

/**
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} root a project's folder
 * @returns {string | undefined}
 */
function packageNameAt(tree, root) {
  const manifest = posix.join(root, 'package.json');
  return tree.exists(manifest) ? readJson(tree, manifest).name : undefined;
}

module.exports = libGenerator;
