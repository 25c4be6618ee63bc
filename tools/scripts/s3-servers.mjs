// Puts the S3 servers that tests run against into `.cache/s3` where there are none: `node tools/scripts/s3-servers.mjs --install`.
// moto by pip, versitygw by Go (about a minute). What cannot be installed is named: its tests are skipped.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './projects.mjs';

const cache = join(root, '.cache/s3');
const installers = {
  moto: () => run('python3', ['-m', 'venv', join(cache, 'moto')])
    && run(join(cache, 'moto/bin/pip'), ['install', '--disable-pip-version-check', '--no-input', 'moto[server]==5.2.1']),
  versitygw: () => run('go', ['install', 'github.com/versity/versitygw/cmd/versitygw@v1.8.0'], { GOBIN: join(cache, 'bin') }),
};

for (const [name, install] of Object.entries(installers)) {
  if (!isInstalled(name) && (!process.argv.includes('--install') || !install())) console.error(`${name} is not installed: its tests are skipped`);
}

/** The library's own answer, so that script and tests agree. */
function isInstalled(name) {
  const source = pathToFileURL(join(root, 'libs/adapters/storage-s3/src/server/s3-server.ts')).href;
  const program = `import { findS3Server } from ${JSON.stringify(source)}; process.exitCode = findS3Server(${JSON.stringify(name)}) === undefined ? 1 : 0;`;
  return run(process.execPath, ['--conditions=@weir/source', '--import', 'tsx', '--input-type=module', '-e', program]);
}

function run(program, args, environment = {}) {
  return spawnSync(program, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
