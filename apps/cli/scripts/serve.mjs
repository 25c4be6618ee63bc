// Runs a command of the CLI from the sources and starts it again whenever one of them changes: `node apps/cli/scripts/serve.mjs cluster up --foreground`.
// What runs is asked to end first, and has as long as it needs; sources that do not compile leave it running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleIsFresh } from './bundle.mjs';

const cli = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(cli, '../..');
/** Editors write a file in several steps. */
const QUIET_MS = 100;

const args = process.argv.slice(2);
let child;
let ending = false;

function start() {
  child = spawn(process.execPath, ['--enable-source-maps', join(cli, 'dist/bundle/weir.js'), ...args], { stdio: 'inherit' });
  const started = child;
  child.once('exit', (code) => {
    if (started !== child) return; // replaced
    if (ending) process.exit(code ?? 0); // the watchers of the sources would go on
    process.stderr.write(`weir ${args.join(' ')} ended with exit code ${code}; it starts again with the next change\n`);
  });
}

async function restart() {
  if (bundleIsFresh()) return;
  try {
    await bundle();
  } catch {
    return; // esbuild has printed the places
  }
  const old = child;
  child = undefined;
  if (old.exitCode === null && old.signalCode === null) {
    old.kill('SIGTERM');
    await once(old, 'exit');
  }
  process.stderr.write('sources changed: started again\n');
  start();
}

if (!bundleIsFresh()) await bundle();
start();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    ending = true;
    if (child === undefined || child.exitCode !== null) process.exit(0); // as above
    if (signal === 'SIGTERM') child.kill(signal); // Ctrl-C reaches it by itself
  });
}

let timer;
let restarting = Promise.resolve();
for (const folder of ['libs', 'apps']) {
  watch(join(root, folder), { recursive: true }, (_, name) => {
    if (name === null || !/\/src\/.*\.ts$/.test(name) || /node_modules|\/dist\/|\/out\//.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = restarting.then(restart);
    }, QUIET_MS);
  });
}
