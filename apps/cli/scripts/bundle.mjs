// Bundles the CLI, the processes of a cluster and every public lib with esbuild into dist/bundle: one file per entry point plus shared chunks, so that a job's
// `@weir/*` imports and the CLI itself share one instance of everything. Third-party packages are bundled too: fewer files start faster.
// `node scripts/bundle.mjs` builds; bin/weir.mjs calls `bundleIsFresh` on each start, which costs one stat per source.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(cli, '../..');
/** Their code goes into the bundle. */
const apps = ['cli', 'jobmanager', 'taskmanager'].map((name) => join(root, 'apps', name));
const outputDirectory = join(cli, 'dist/bundle');
const stampFile = join(outputDirectory, 'stamp.json');

/** Folders of all libs: `libs/<lib>` and `libs/<layer>/<lib>`. */
function libFolders() {
  const folders = [];
  for (const first of readdirSync(join(root, 'libs'), { withFileTypes: true })) {
    if (!first.isDirectory()) continue;
    const folder = join(root, 'libs', first.name);
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((it) => it.name === 'package.json')) folders.push(folder);
    else folders.push(...entries.filter((it) => it.isDirectory()).map((it) => join(folder, it.name)));
  }
  return folders;
}

/** What the bundle is made of: number of sources and the newest change among them. A deleted file changes the number. */
function sourceStamp() {
  let count = 0;
  let newestMs = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.name.endsWith('.ts')) {
        count++;
        newestMs = Math.max(newestMs, statSync(path).mtimeMs);
      }
    }
  };
  for (const folder of [...libFolders(), ...apps]) visit(join(folder, 'src'));
  return { count, newestMs };
}

/** True when no source changed since the bundle was made. */
export function bundleIsFresh() {
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return false;
    throw error;
  }
  const now = sourceStamp();
  return stamp.count === now.count && stamp.newestMs === now.newestMs;
}

/**
 * Entry points: the CLI, what its processes and their threads run, and under its package name each lib of the layers that jobs import from. All in one
 * build, so that whatever a job imports is the very module that runs it.
 */
function entryPoints() {
  const entries = {
    main: join(cli, 'src/main.ts'),
    weir: join(cli, 'src/weir.ts'),
    supervisor: join(cli, 'src/supervisor.ts'),
    'job-thread': join(root, 'apps/jobmanager/src/job-thread.ts'),
    'slot-thread': join(root, 'apps/taskmanager/src/slot-thread.ts'),
  };
  for (const folder of libFolders()) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (manifest.name === '@weir/testing') continue;
    entries[`lib/${manifest.name.slice('@weir/'.length)}`] = join(folder, 'src/index.ts');
  }
  return entries;
}

/** msgpack-lite falls back to `new Buffer(size)`, of which Node warns outside node_modules: here it is inside the bundle. */
const quietBuffers = {
  name: 'quiet-buffers',
  setup(build) {
    build.onLoad({ filter: /msgpack-lite\/lib\/bufferish-buffer\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('new Buffer(size)', 'Buffer.alloc(size)'),
    }));
  },
};

/** Builds into a fresh folder and swaps it in: a process that starts meanwhile sees the old bundle or the new one. */
export async function bundle() {
  const stamp = sourceStamp();
  const { build } = await import('esbuild');
  const temporary = `${outputDirectory}.${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: entryPoints(),
      outdir: temporary,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['@weir/source'],
      external: ['esbuild', 'classic-level', ...builtinModules], // with native code; docker/runtime-packages.mjs installs them
      sourcemap: 'linked',
      sourcesContent: false,
      keepNames: false,
      chunkNames: 'chunk/[name]-[hash]',
      metafile: true,
      logLevel: 'error',
      plugins: [quietBuffers],
      banner: { js: "import { createRequire as weirCreateRequire } from 'node:module'; const require = weirCreateRequire(import.meta.url);" },
    });
    writeFileSync(join(temporary, 'meta.json'), JSON.stringify(result.metafile));
    writeFileSync(join(temporary, 'stamp.json'), JSON.stringify({ ...stamp, buildId: `${stamp.newestMs}-${stamp.count}` }));
    swap(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function swap(temporary) {
  const old = `${temporary}.old`;
  try {
    renameSync(outputDirectory, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(temporary, outputDirectory);
  } catch (error) {
    // Another process swapped its build in between: it is as good as this one.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
