// Runs benchmarks: `npm run bench -- [suite] [options of the suite]`. A suite is a file `<suite>.bench.ts` and a process of its own, so that
// one does not warm or pollute another. Without a suite, or with `all`, all of them run in turn. `--list` names them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFolders, root } from './projects.mjs';

const args = process.argv.slice(2);
const wanted = args[0] !== undefined && !args[0].startsWith('-') ? args.shift() : 'all';
const suites = new Map(
  projectFolders()
    .flatMap((folder) => ['bench', 'src'].map((part) => join(folder, part)))
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.bench.ts'))
        .map((name) => [basename(name, '.bench.ts'), join(folder, name)]),
    ),
);
if (args.includes('--list')) {
  for (const [name, file] of suites) console.log(`${name.padEnd(16)} ${file}`);
  process.exit(0);
}
if (wanted !== 'all' && !suites.has(wanted)) {
  console.error(`there is no benchmark suite ${wanted}; there are: ${[...suites.keys()].join(', ')}`);
  process.exit(2);
}

const json = args.includes('--json');
let failed = 0;
for (const [name, file] of suites) {
  if (wanted !== 'all' && wanted !== name) continue;
  if (!json) console.log(`# ${name} (${file})`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--conditions=@weir/source', '--import', 'tsx', join(root, file), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
