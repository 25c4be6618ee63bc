// Images that the compose file takes from a registry, made of what is on this machine instead: its Node with npm, and its nats-server.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from './projects.mjs';

/** What the Dockerfile and npm's install scripts call, besides node. */
const PROGRAMS = ['sh', 'env', 'ln', 'mkdir', 'chown'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** From scratch: node, npm, a shell, the libraries that `ldd` names, this machine's certificate authorities. */
export function buildNodeImage(tag, podman) {
  inTemporaryFolder((folder) => {
    const tree = join(folder, 'root');
    for (const path of ['usr/bin', 'usr/lib/node_modules', 'etc/ssl/certs', 'tmp', 'root']) mkdirSync(join(tree, path), { recursive: true });
    chmodSync(join(tree, 'tmp'), 0o1777);
    for (const [link, target] of [['bin', 'usr/bin'], ['lib', 'usr/lib'], ['lib64', 'usr/lib']]) symlinkSync(target, join(tree, link));
    for (const program of [process.execPath, ...PROGRAMS.map(pathOf)]) {
      const name = program === process.execPath ? 'node' : basename(program);
      copyFileSync(realpathSync(program), join(tree, 'usr/bin', name));
      for (const library of librariesOf(program)) copyFileSync(realpathSync(library), join(tree, 'usr/lib', basename(library)));
    }
    const npm = dirname(dirname(realpathSync(pathOf('npm'))));
    cpSync(npm, join(tree, 'usr/lib/node_modules/npm'), { recursive: true });
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(tree, 'usr/bin/npm'));
    if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(tree, CERTIFICATES));
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
    writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
    run('tar', ['-C', tree, '--mode=a+rX', '--owner=0', '--group=0', '-cf', join(folder, 'root.tar'), '.']);
    rmSync(tree, { recursive: true });
    const certificates = existsSync(CERTIFICATES) ? `NODE_EXTRA_CA_CERTS=${CERTIFICATES}` : '';
    writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nADD root.tar /\nENV PATH=/usr/local/bin:/usr/bin LD_LIBRARY_PATH=/usr/lib ${certificates}\n`);
    podman(['build', '--quiet', '--tag', tag, folder]);
  });
}

/** `base`: brings the libraries of a server that is not linked statically. */
export function buildNatsImage(tag, base, podman) {
  const server = run(process.execPath, [join(root, 'tools/scripts/nats-server.mjs'), '--install']).trim();
  if (readFileSync(server).toString('latin1', 1, 4) !== 'ELF') throw new Error(`${server} only starts the server: name the program itself with WEIR_NATS_SERVER`);
  inTemporaryFolder((folder) => {
    copyFileSync(realpathSync(server), join(folder, 'nats-server'));
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${base}\nCOPY nats-server /nats-server\nENTRYPOINT ["/nats-server"]\n`);
    podman(['build', '--quiet', '--tag', tag, folder]);
  });
}

function librariesOf(program) {
  return [...run('ldd', [realpathSync(program)]).matchAll(/\/\S+/g)].map(([path]) => path);
}

function pathOf(program) {
  return run('sh', ['-c', `command -v ${program}`]).trim();
}

function inTemporaryFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-image-'));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return stdout;
}
