import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import jsonParser from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

const workspaceRoot = import.meta.dirname;

// ---------------------------------------------------------------------------------------------------------------------
// The ladder: imports point down.
// ---------------------------------------------------------------------------------------------------------------------

const ladder = {
  base: ['base'],
  ports: ['ports', 'base'],
  core: ['core', 'ports', 'base'],
  runtime: ['runtime', 'core', 'ports', 'base'],
  adapters: ['core', 'ports', 'base'], // never the runtime, never one another
  surface: ['surface', 'adapters', 'runtime', 'core', 'ports', 'base'],
  testing: ['testing', 'surface', 'adapters', 'runtime', 'core', 'ports', 'base'],
  apps: ['apps', 'surface', 'adapters', 'runtime', 'core', 'ports', 'base'],
  tools: ['tools'],
};

/** The rule's constraints; `extra` layers are open to everyone (tests may look at `testing`). */
function ladderConstraints(...extra) {
  return Object.entries(ladder).map(([layer, below]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: [...new Set([...below, ...extra])].map((it) => `layer:${it}`),
  }));
}

const environmentConstraints = [
  { sourceTag: 'env:neutral', onlyDependOnLibsWithTags: ['env:neutral'] },
  { sourceTag: 'env:node', onlyDependOnLibsWithTags: ['env:neutral', 'env:node'] },
];

// ---------------------------------------------------------------------------------------------------------------------
// Determinism: time, chance and the outside world arrive through ports. Each ban names the way out.
// ---------------------------------------------------------------------------------------------------------------------

const useClock = 'use `Clock` from @weir/ports: under simulation time is virtual.';
const useTimers = 'use `Timers` from @weir/ports: under simulation time is virtual.';
const useRandom = 'use a named stream of `Random` from @weir/ports: every choice must follow from the seed.';
const useLogger = 'use `Logger` from @weir/ports.';
const useFileStore = 'use `FileStore` from @weir/ports.';
const useTransport = 'use `Transport` from @weir/ports.';
const useOptions = 'take it as an option; only apps and @weir/host-node read the process.';
const useAdapter = 'put it behind a port of @weir/ports and implement that in an adapter.';

const bannedGlobals = [
  ...['performance'].map((name) => ({ name, message: useClock })),
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'].map((name) => ({
    name,
    message: useTimers,
  })),
  { name: 'crypto', message: useRandom },
  { name: 'console', message: useLogger },
  { name: 'process', message: useOptions },
  ...['fetch', 'WebSocket'].map((name) => ({ name, message: useTransport })),
  { name: 'require', message: 'import it; and not from Node: ' + useAdapter },
];
const bannedDate = { name: 'Date', message: `${useClock} Times are numbers of milliseconds; only formats and types know dates.` };

const bannedProperties = [
  { object: 'Math', property: 'random', message: useRandom },
  { object: 'Date', property: 'now', message: useClock },
  ...['setTimeout', 'setInterval', 'setImmediate'].map((property) => ({ object: 'globalThis', property, message: useTimers })),
  ...['Date', 'performance'].map((property) => ({ object: 'globalThis', property, message: useClock })),
  { object: 'globalThis', property: 'crypto', message: useRandom },
  { object: 'globalThis', property: 'console', message: useLogger },
  { object: 'globalThis', property: 'process', message: useOptions },
];

const bannedSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `\`new Date()\` reads the clock: ${useClock}` },
  { selector: "CallExpression[callee.name='Date']", message: `\`Date()\` reads the clock: ${useClock}` },
];

const nodeModules = {
  [useFileStore]: ['fs', 'fs/promises', 'path', 'path/posix', 'path/win32', 'os'],
  [useTimers]: ['timers', 'timers/promises'],
  [useClock]: ['perf_hooks'],
  [useRandom]: ['crypto'],
  [useTransport]: ['net', 'http', 'http2', 'https', 'tls', 'dgram', 'dns', 'dns/promises'],
  [useOptions]: ['process'],
};
const otherNodeModules = builtinModules.filter((name) => !name.startsWith('_') && !Object.values(nodeModules).flat().includes(name));
const bannedImports = Object.entries({ ...nodeModules, [useAdapter]: otherNodeModules }).flatMap(([message, names]) =>
  names.flatMap((name) => [
    { name, message },
    { name: `node:${name}`, message },
  ]),
);

// ---------------------------------------------------------------------------------------------------------------------
// Dependencies a package.json declares and does not use. A lib without code yet may declare what it is going to need.
// ---------------------------------------------------------------------------------------------------------------------

function isEmptyLib(folder) {
  try {
    return readFileSync(join(workspaceRoot, folder, 'src/index.ts'), 'utf8').trim() === 'export {};';
  } catch {
    return true;
  }
}

/** Folders (as globs) of projects whose package.json is checked, from the root's list of project references. */
const projects = JSON.parse(readFileSync(join(workspaceRoot, 'tsconfig.json'), 'utf8')).references.map((it) =>
  it.path.replace(/^\.\//, ''),
);
const emptyProjects = projects.filter(isEmptyLib);

const dependencyCheck = {
  buildTargets: ['build'],
  checkMissingDependencies: true,
  checkVersionMismatches: true,
  checkObsoleteDependencies: true,
  ignoredDependencies: ['vega-datasets'], // data, found by import.meta.resolve
};

// ---------------------------------------------------------------------------------------------------------------------

const typescript = ['**/*.ts'];
const testCode = ['**/test/**/*.ts', '**/bench/**/*.ts', 'libs/testing/planted-bugs/**/*.ts', 'benchmarks/**/*.ts', 'apps/chaos/**/*.ts'];
const deterministicCode = [
  'libs/{base,ports}/src/**/*.ts',
  'libs/{core,runtime}/*/src/**/*.ts',
  'libs/adapters/*/src/**/*.ts',
];
const outsideWorldAdapters = ['libs/adapters/{host-node,storage-*,transport-nats,transport-worker,state-leveldb,telemetry}/**'];
const codeThatKnowsDates = ['libs/core/types/src/**/*.ts', 'libs/adapters/format-*/src/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out/**', '**/node_modules/**', '**/coverage/**', '**/.nx/**', '**/.weir/**', '**/.cache/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs,cjs,js}'],
    extends: [js.configs.recommended],
    rules: {
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-var': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
    },
  },
  {
    files: typescript,
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', prefer: 'type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'after-used', argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          allow: [],
          depConstraints: [...ladderConstraints(), ...environmentConstraints],
        },
      ],
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', exports: 'writable', __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  {
    files: deterministicCode,
    ignores: outsideWorldAdapters,
    rules: {
      'no-restricted-globals': ['error', ...bannedGlobals, bannedDate],
      'no-restricted-properties': ['error', ...bannedProperties],
      'no-restricted-syntax': ['error', ...bannedSyntax],
      'no-restricted-imports': ['error', { paths: bannedImports }],
    },
  },
  {
    files: codeThatKnowsDates,
    rules: { 'no-restricted-globals': ['error', ...bannedGlobals] },
  },
  {
    // Tests look sideways at `testing`, and by its public name at their own lib.
    files: testCode,
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allowCircularSelfDependency: true,
          ignoredCircularDependencies: [['@weir/testing', '*']],
          depConstraints: ladderConstraints('testing'),
        },
      ],
    },
  },
  {
    // What talks to people on a terminal.
    files: ['apps/**', 'benchmarks/**', 'tools/**', 'docker/**', '**/bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: projects.map((folder) => `${folder}/package.json`),
    plugins: { '@nx': nx },
    languageOptions: { parser: jsonParser },
    rules: { '@nx/dependency-checks': ['error', dependencyCheck] },
  },
  ...(emptyProjects.length === 0
    ? []
    : [
        {
          files: emptyProjects.map((folder) => `${folder}/package.json`),
          rules: { '@nx/dependency-checks': ['error', { ...dependencyCheck, checkObsoleteDependencies: false }] },
        },
      ]),
);
