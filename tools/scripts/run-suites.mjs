// The workspace's whole check: `node tools/scripts/run-suites.mjs [--tests-only] [project folders] [-- jest arguments]`.
//
// Gates first (references in sync, types and build, lint; in CI also the slower lint of promises), then every project's tests
// in one Jest process: a start per project costs more than most suites. Nx's own targets
// (`nx run-many -t build lint typecheck test`) do the same work with a cache.
//
// The last line is always `N passed, N failed`. Tests are counted one by one; a suite that could not be loaded and a gate
// that did not hold count as one failure each. Exits with 1 if anything failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { jestNodeOptions } from './jest-node-options.mjs';
import { projectFolders, root } from './projects.mjs';

const require = createRequire(import.meta.url);
const bin = (packageName, name) => {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin: bins } = require(manifest);
  return join(manifest, '..', typeof bins === 'string' ? bins : bins[name]);
};

const gates = [
  { name: 'project references', command: [bin('nx', 'nx'), 'sync:check'] },
  { name: 'build and types', command: [bin('typescript', 'tsc'), '--build', '--pretty', 'false'] },
  { name: 'lint', command: [bin('eslint', 'eslint'), '.'] },
  ...(process.env.CI
    ? [
        {
          name: 'promises',
          command: [bin('eslint', 'eslint'), '--config', 'eslint.promises.config.mjs', 'libs', 'apps', 'benchmarks'],
        },
      ]
    : []),
];

function run(nodeArguments, environment = {}) {
  const { status } = spawnSync(process.execPath, nodeArguments, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NX_DAEMON: 'false', ...environment },
  });
  return status === 0;
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs the gates and returns how many did not hold. */
function runGates() {
  let failed = 0;
  for (const { name, command } of gates) {
    const start = Date.now();
    const held = run(command);
    if (!held) failed += 1;
    console.log(`${held ? 'ok' : 'FAILED'}: ${name} (${seconds(start)})`);
  }
  return failed;
}

/** Runs Jest over the projects and returns the counts it reports. */
function runTests(folders, jestArguments) {
  const report = join(root, '.cache', 'jest-report.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  const finished = run([
    ...jestNodeOptions,
    bin('jest', 'jest'),
    `--maxWorkers=${availableParallelism()}`,
    '--workerIdleMemoryLimit=1GB',
    '--passWithNoTests',
    '--json',
    `--outputFile=${report}`,
    // Tests wait on conditions; the limit is for hangs only, and a busy machine must not reach it.
    '--testTimeout=120000',
    ...jestArguments,
    '--projects',
    ...folders,
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  // Jest also fails for reasons it does not count, such as obsolete snapshots under --ci or an open handle.
  return { passed: result.numPassedTests, failed: failed === 0 && !finished ? 1 : failed };
}

const split = process.argv.indexOf('--', 2);
const own = process.argv.slice(2, split < 0 ? undefined : split);
const jestArguments = split < 0 ? [] : process.argv.slice(split + 1);
const chosen = own.filter((argument) => !argument.startsWith('--')).map((folder) => relative(root, join(root, folder)));
const folders = projectFolders().filter(
  (folder) => existsSync(join(root, folder, 'jest.config.cjs')) && (chosen.length === 0 || chosen.includes(folder)),
);
if (folders.length === 0) {
  console.error(`no project with tests in ${chosen.join(', ')}`);
  process.exit(2);
}

const failedGates = own.includes('--tests-only') ? 0 : runGates();
const { passed, failed } = runTests(folders, jestArguments);
console.log(`${passed} passed, ${failed + failedGates} failed`);
process.exit(failed + failedGates === 0 ? 0 : 1);
