// Runs jobs under simulated faults: `npm run simulate -- [--seeds N] [--from S] [--seed N] [--module job.ts] …`; options in libs/testing/bin.
//
// A campaign runs as one bundle: what tsx adds to functions to keep their names costs a seventh of the time. A single seed runs from its
// sources, for debuggers, and so does a user's module, which must find the engine that the program uses.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './projects.mjs';

const args = process.argv.slice(2);
const source = join(root, 'libs/testing/bin/simulate.ts');
// One core per campaign: a large nursery, collected by the thread that fills it. A job's code lives for milliseconds.
const flags = ['--max-semi-space-size=64', '--single-threaded-gc'];

function run(...program) {
  const { status, signal } = spawnSync(process.execPath, [...flags, ...program, ...args], { cwd: root, stdio: 'inherit' });
  if (signal !== null) console.error(`the simulation was ended by ${signal}`);
  return status ?? 1;
}

/** Everything of the workspace; packages of others stay where they are. */
async function bundleInto(outfile) {
  const packagesOfOthers = {
    name: 'packages of others',
    setup: ({ onResolve }) => onResolve({ filter: /^[^./]/ }, ({ path, kind }) => (kind === 'entry-point' || path.startsWith('@weir/') ? undefined : { path, external: true })),
  };
  await build({
    entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', conditions: ['@weir/source'],
    tsconfig: join(root, 'tsconfig.base.json'), plugins: [packagesOfOthers], logLevel: 'warning',
  });
}

if (args.some((word) => /^--(seed|module)(=|$)/.test(word))) process.exit(run('--conditions=@weir/source', '--import', 'tsx', source));
// As deep below the root as its source: it finds the ledger.
const bundle = join(root, `libs/testing/out/simulate-${process.pid}.mjs`);
let status = 1;
try {
  await bundleInto(bundle);
  status = run(bundle);
} finally {
  rmSync(bundle, { force: true });
}
process.exit(status);
