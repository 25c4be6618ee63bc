// The compose file in containers: `npm run compose-check`. Builds the image, starts the cluster, runs late departures on it - undisturbed, with a killed
// TaskManager, with a killed leader, with crashes of a TaskManager and the leader, with a crash of NATS - and holds each output against that of an embedded
// run. Ends with 1 on a difference. Needs podman and podman-compose.
//
//   npm run compose-check                base images from a registry: node:20-slim, nats:2.11; WEIR_BASE_IMAGE and WEIR_NATS_IMAGE name others
//   npm run compose-check -- --local     base images made of this machine's node and nats-server
//   npm run compose-check -- --image=X   an image of Weir that is there already
//   npm run compose-check -- --keep      leaves the cluster and its images, and says how to end it
/* global AbortSignal, fetch */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { buildNatsImage, buildNodeImage } from './compose-base.mjs';
import { root } from './projects.mjs';

const TASK_MANAGERS = 3;
const TIME_LIMIT_MS = 180_000;
const READY_LIMIT_MS = 60_000;
const local = process.argv.includes('--local');
const ready = process.argv.map((it) => /^--image=(.+)/.exec(it)?.[1]).find(Boolean);
const keep = process.argv.includes('--keep');

const project = `weir-check-${process.pid}`;
const token = randomBytes(16).toString('hex');
const ports = [await freePort(), await freePort()];
const directory = mkdtempSync(join(tmpdir(), 'weir-compose-'));
/** That this run makes. */
const images = { weir: ready === undefined ? project : undefined, node: local ? `${project}-node` : undefined, nats: local ? `${project}-nats` : undefined };
const weir = join(root, 'apps/cli/bin/weir.mjs');
const job = join(root, 'apps/examples/late-departures/src/job.ts');
const flights = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet');

const environment = {
  ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', PODMAN_COMPOSE_WARNING_LOGS: 'false', WEIR_TARGET: '',
  WEIR_REST_AUTHENTICATION_TOKEN: token, WEIR_PORT_1: String(ports[0]), WEIR_PORT_2: String(ports[1]), WEIR_IMAGE: ready ?? images.weir,
  WEIR_JOBS: join(root, 'apps/examples'),
  ...(local ? { WEIR_BASE_IMAGE: images.node, WEIR_NATS_IMAGE: images.nats } : {}),
  ...(keep ? {} : { BUILDAH_LAYERS: 'false' }), // then nothing is left of a build but its image
};

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: directory, env: environment, encoding: 'utf8', timeout: 900_000, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout;
}
const podman = (args) => run('podman', args);
const composeArgs = (args) => ['-p', project, '-f', join(root, 'docker/compose.yaml'), ...args];
const compose = (args) => run('podman-compose', composeArgs(args));

function step(text, startMs) {
  console.log(startMs === undefined ? text : `${text.padEnd(100)} ${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s`);
}

// --- containers ------------------------------------------------------------------------------------------------------------------

/** Names of a service's containers, also of those that do not run. */
function containersOf(service) {
  const labels = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`];
  return podman(['ps', '--all', ...labels.flatMap((it) => ['--filter', `label=${it}`]), '--format', '{{.Names}}']).split('\n').filter(Boolean).sort();
}

function inspect(container) {
  const [status, pid, restarts] = podman(['inspect', container, '--format', '{{.State.Status}} {{.State.Pid}} {{.RestartCount}}']).trim().split(' ');
  return { status, pid, restarts: Number(restarts) };
}

/** The process dies as if by itself, so that the restart policy holds; after `podman kill` a container stays down. */
function crash(container) {
  const { pid } = inspect(container);
  if (process.getuid() === 0) run('kill', ['-9', pid]);
  else podman(['unshare', 'kill', '-9', pid]);
}

function leader() {
  const granted = [1, 2].flatMap((n) => {
    const [container] = containersOf(`jobmanager-${n}`);
    const { stdout, stderr } = spawnSync('podman', ['logs', container], { env: environment, encoding: 'utf8', maxBuffer: 1 << 28 });
    return `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('"leadership granted"')).map((line) => {
      const { at, epoch } = JSON.parse(line);
      return { n, container, at, epoch };
    });
  });
  const latest = granted.sort((a, b) => b.epoch - a.epoch).at(0);
  if (latest === undefined) throw new Error('nobody leads');
  return latest;
}

// --- the cluster's answers ---------------------------------------------------------------------------------------------------------

async function overview(port, headers = { authorization: `Bearer ${token}` }) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/overview`, { headers, signal: AbortSignal.timeout(5000) });
    return { status: response.status, ...(await response.json()) };
  } catch (error) {
    return { status: 0, error };
  }
}

async function untilComplete() {
  const deadline = performance.now() + READY_LIMIT_MS;
  for (;;) {
    const answers = [await overview(ports[0]), await overview(ports[1])];
    if (answers.every((it) => it.taskmanagers === TASK_MANAGERS && it['slots-available'] === it['slots-total'])) return answers[0];
    if (performance.now() > deadline) throw new Error(`the cluster is not complete: ${JSON.stringify(answers)}`);
    await after(200);
  }
}

// --- output ------------------------------------------------------------------------------------------------------------------------

function outputOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const uncommitted = files.filter(({ name }) => /^[._]/.test(name));
  const lines = files.filter(({ name }) => !/^[._]/.test(name)).flatMap((it) => {
    const branch = it.parentPath.slice(folder.length).split('/')[1];
    return readFileSync(join(it.parentPath, it.name), 'utf8').split('\n').slice(0, -1).map((line) => `${branch} ${line}`);
  });
  return { lines: lines.length, uncommitted: uncommitted.length, digest: createHash('sha256').update(lines.sort().join('\n')).digest('hex') };
}

// --- runs --------------------------------------------------------------------------------------------------------------------------

const jobArguments = (output, input) => ['-p', '3', '--json', '-D', 'execution.checkpointing.interval=500ms', '--', '--input', input, '--output', output];

/** A client of the cluster, with its `--json` events. */
function follow(program, args) {
  const child = spawn(program, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL' });
  const run = { out: '', err: '', ended: undefined };
  child.stdout.setEncoding('utf8').on('data', (text) => (run.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (run.err += text));
  run.ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  run.events = () => run.out.split('\n').slice(0, -1).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return run;
}

const fromHost = (port) => (output) =>
  follow(process.execPath, [weir, 'run', job, '--target', `http://127.0.0.1:${port}`, ...jobArguments(output, '/data/flights.parquet')]);
const fromClientContainer = () => (output) =>
  follow('podman-compose', composeArgs(['--profile', 'client', 'run', '-T', '--rm', 'client', 'run', '/jobs/late-departures/src/job.ts', ...jobArguments(output, 'flights.parquet')]));

/** Two checkpoints: there is something to lose and something to go on from. */
async function untilCheckpoints(client) {
  let code;
  void client.ended.then((it) => (code = it));
  while (client.events().filter(({ type }) => type === 'checkpoint-completed').length < 2) {
    if (code !== undefined) throw new Error(`the job ended (${code}) before its second checkpoint\n${client.out.slice(-2000)}${client.err}`);
    await after(50);
  }
}

/** Runs the job, disturbs it, and compares; returns the result that the client was told. */
async function check(name, reference, start, disturb = () => undefined) {
  const startMs = performance.now();
  const output = `/data/${name.replaceAll(/\W+/g, '-')}`;
  const client = start(output);
  await untilCheckpoints(client);
  const told = disturb();
  const code = await client.ended;
  const result = client.events().find(({ type }) => type === 'result');
  if (code !== 0 || result?.state !== 'finished') throw new Error(`${name}: the client ended with ${code}\n${client.out.slice(-3000)}${client.err}`);
  const folder = join(directory, 'found');
  rmSync(folder, { recursive: true, force: true });
  podman(['cp', `${aRunningJobManager()}:${output}`, folder]);
  const found = outputOf(folder);
  const same = found.digest === reference.digest && found.uncommitted === 0;
  const figures = `${found.lines} lines, sha256 ${found.digest.slice(0, 16)}, ${result.checkpoints} checkpoints, ${result.restarts} restarts`;
  step(`${same ? 'same' : 'DIFFERENT'}  ${name}: ${figures}${told === undefined ? '' : `; ${told}`}`, startMs);
  if (!same) process.exitCode = 1;
  return result;
}

/** The client's own JobManager may be among them: it waits until that is back. */
async function checkCrash(name, containers, reference) {
  const counts = containers.map((it) => inspect(it).restarts);
  await check(name, reference, fromClientContainer(), () => {
    for (const container of containers) crash(container);
    return containers.join(', ');
  });
  await untilComplete();
  demand(containers.every((it, i) => inspect(it).restarts > counts[i]), `not all of ${containers.join(', ')} were restarted by their policy`);
}

function aRunningJobManager() {
  const running = [1, 2].flatMap((n) => containersOf(`jobmanager-${n}`)).find((it) => inspect(it).status === 'running');
  if (running === undefined) throw new Error('no JobManager runs');
  return running;
}

function demand(condition, text) {
  if (condition) return;
  console.log(`WRONG: ${text}`);
  process.exitCode = 1;
}

async function main() {
  let startMs = performance.now();
  if (local) {
    buildNodeImage(images.node, podman);
    buildNatsImage(images.nats, images.node, podman);
    step('base images of this machine\'s node and nats-server', startMs);
  }
  startMs = performance.now();
  if (ready === undefined) compose(['build', 'jobmanager-1']);
  const bytes = Number(podman(['image', 'inspect', ready ?? images.weir, '--format', '{{.Size}}']));
  step(`image${ready === undefined ? '' : ` ${ready}`}, ${Math.round(bytes / 1e6)} MB`, startMs);

  startMs = performance.now();
  run(process.execPath, [weir, 'run', job, ...jobArguments('reference', flights)]);
  const reference = outputOf(join(directory, 'reference'));
  step(`embedded run: ${reference.lines} lines, sha256 ${reference.digest.slice(0, 16)}`, startMs);

  startMs = performance.now();
  compose(['up', '-d', '--no-build']);
  const { 'slots-total': slots } = await untilComplete();
  step(`up: 1 NATS, 2 JobManagers, ${TASK_MANAGERS} TaskManagers with ${slots} slots`, startMs);
  const without = await Promise.all(ports.map((port) => overview(port, {})));
  demand(without.every(({ status }) => status === 401), `REST without a token answers ${without.map(({ status }) => status).join(' and ')}, not 401`);
  step('REST without the token: 401');
  podman(['cp', flights, `${aRunningJobManager()}:/data/flights.parquet`]);

  await check('undisturbed', reference, fromClientContainer());

  const [victim] = containersOf('taskmanager');
  const withoutOne = await check('taskmanager killed', reference, fromHost(ports[0]), () => {
    podman(['kill', '--signal', 'KILL', victim]);
    return `${victim} stays down`;
  });
  demand(withoutOne.restarts >= 1, 'the job did not notice that a TaskManager was killed');
  podman(['start', victim]);
  await untilComplete();

  const before = leader();
  await check('leader killed', reference, fromHost(ports[2 - before.n]), () => {
    podman(['kill', '--signal', 'KILL', before.container]);
    return `${before.container} stays down`;
  });
  const next = leader();
  demand(next.epoch > before.epoch && next.n !== before.n, 'the standby did not take over');
  podman(['start', before.container]);
  await untilComplete();

  await checkCrash('two processes crash', [containersOf('taskmanager')[1], leader().container], reference);
  // By itself: podman-compose makes containers depend on NATS, and podman restarts none while that is down.
  await checkCrash('NATS crashes', containersOf('nats'), reference);

  startMs = performance.now();
  if (keep) return;
  const processes = ['jobmanager-1', 'jobmanager-2', 'taskmanager'].flatMap(containersOf);
  podman(['stop', ...processes]);
  const codes = processes.map((it) => podman(['inspect', it, '--format', '{{.State.ExitCode}}']).trim());
  demand(codes.every((it) => it === '0'), `after SIGTERM the processes ended with ${codes.join(', ')}, not all with 0`);
  step(`stopped, exit codes ${codes.join(', ')}`, startMs);
}

function cleanUp() {
  rmSync(directory, { recursive: true, force: true });
  if (keep) {
    console.log(`kept: podman-compose -p ${project} -f docker/compose.yaml --profile client down -v; podman rmi ${Object.values(images).filter(Boolean).join(' ')}`);
    return;
  }
  const left = { cwd: root, env: environment, stdio: 'ignore' };
  spawnSync('podman-compose', composeArgs(['--profile', 'client', 'down', '-v', '-t', '1']), left);
  // What a `down` leaves behind when a container was about to be restarted.
  const mine = ['--filter', `label=com.docker.compose.project=${project}`];
  const ids = spawnSync('podman', ['ps', '--all', '--quiet', ...mine], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  if (ids.length > 0) spawnSync('podman', ['rm', '--force', '--volumes', ...ids], left);
  spawnSync('podman', ['network', 'rm', '--force', `${project}_default`], left);
  spawnSync('podman', ['volume', 'rm', '--force', `${project}_data`, `${project}_nats`], left);
  spawnSync('podman', ['rmi', '--force', ...Object.values(images).filter(Boolean)], left);
}

function missingProgram() {
  return ['podman', 'podman-compose'].find((program) => spawnSync(program, ['--version']).error !== undefined);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const missing = missingProgram();
if (missing !== undefined) {
  console.error(`${missing} is not installed; docs/deployment.md says how to get it. Nothing was checked.`);
  rmSync(directory, { recursive: true, force: true });
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    cleanUp();
    process.exit(130);
  });
}
try {
  await main();
} catch (error) {
  console.log(`FAILED: ${error.message}`);
  for (const service of ['nats', 'jobmanager-1', 'jobmanager-2', 'taskmanager']) {
    for (const container of containersOf(service)) {
      const { stdout, stderr } = spawnSync('podman', ['logs', '--tail', '15', container], { env: environment, encoding: 'utf8' });
      console.log(`--- ${container}\n${stdout}${stderr}`);
    }
  }
  process.exitCode = 1;
} finally {
  cleanUp();
}
console.log(process.exitCode === 1 ? 'compose-check: FAILED' : 'compose-check: the same output each time');
