// How long it takes from a fresh clone to the first result: `npm run first-light`.
//
// Clones the current HEAD (what is not committed does not count) to a temporary directory, runs `npm ci` and `npm start` there as a newcomer
// would, and prints how long each part took. npm's cache is the user's own: with a cold one the first part depends on the network.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './projects.mjs';

const TIME_LIMIT_MS = 600_000;

/** Runs a command to its end; `onText` is given what it prints. Rejects, with its output, unless it ends with 0. */
function run(command, args, cwd, onText = () => undefined) {
  return new Promise((resolve, reject) => {
    // npm's own variables would point the inner npm at the outer workspace.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS, env: { ...environment, NO_COLOR: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        onText(output);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${output}`));
    });
  });
}

function line(what, ms) {
  console.log(`${what.padEnd(44)} ${(ms / 1000).toFixed(1).padStart(6)} s`);
}

const directory = mkdtempSync(join(tmpdir(), 'weir-first-light-'));
const clone = join(directory, 'weir');
try {
  const head = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  await run('git', ['clone', '--quiet', '--no-local', root, clone], directory);
  console.log(`a fresh clone of ${head}, Node ${process.version}`);

  const begun = performance.now();
  await run('npm', ['ci'], clone);
  const installed = performance.now();
  line('npm ci', installed - begun);

  let startedMs;
  const output = await run('npm', ['start'], clone, (text) => {
    if (startedMs === undefined && / started \(job /.test(text)) startedMs = performance.now();
  });
  const summed = performance.now();
  if (startedMs === undefined || !/airport-hours/.test(output)) throw new Error(`npm start printed no summary\n${output}`);
  line('npm start: build of the CLI, until the job runs', startedMs - installed);
  line('npm start: the job, until its summary', summed - startedMs);
  line('from npm ci to the summary', summed - begun);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
