// The S3 servers that tests run against: `node tools/scripts/s3-servers.mjs moto|versitygw` prints the program's path, exit code 1 when there is none.
// `--install`, and only then, puts what is missing into `.cache/s3`: moto by pip, versitygw by Go (about a minute); what cannot be installed is named.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './projects.mjs';

const cache = join(root, '.cache/s3');
const servers = {
  moto: {
    program: 'moto_server',
    install: () => run('python3', ['-m', 'venv', join(cache, 'moto')]) && run(join(cache, 'moto/bin/pip'), ['install', '--disable-pip-version-check', '--no-input', 'moto[server]==5.2.1']),
    folders: [join(cache, 'moto/bin')],
  },
  versitygw: {
    program: 'versitygw',
    install: () => run('go', ['install', 'github.com/versity/versitygw/cmd/versitygw@v1.8.0'], { GOBIN: join(cache, 'bin') }),
    folders: [join(cache, 'bin')],
  },
};

const [argument] = process.argv.slice(2);
if (argument === '--install') {
  for (const [name, { install }] of Object.entries(servers)) {
    if (find(name) === undefined && !install()) console.error(`${name} could not be installed: its tests are skipped`);
  }
} else {
  const path = Object.hasOwn(servers, argument) ? find(argument) : undefined;
  if (path === undefined) process.exitCode = 1;
  else console.log(path);
}

function find(name) {
  const { program, folders } = servers[name];
  const candidates = [...folders, ...(process.env.PATH ?? '').split(delimiter)].map((folder) => join(folder, program));
  return candidates.find((path) => existsSync(path) && spawnSync(path, ['--help'], { stdio: 'ignore' }).status === 0);
}

function run(program, args, environment = {}) {
  return spawnSync(program, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
