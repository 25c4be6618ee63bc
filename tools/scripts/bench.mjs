// Runs benchmarks: `node tools/scripts/bench.mjs [part of a path]`. Each `*.bench.ts` is a program of its own, in a process
// of its own, so that one does not warm or pollute another.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolders, root } from './projects.mjs';

const [wanted = ''] = process.argv.slice(2);
const benches = projectFolders()
  .flatMap((folder) => ['bench', 'src'].map((part) => join(folder, part)))
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.bench.ts'))
      .map((name) => join(folder, name)),
  )
  .filter((file) => file.includes(wanted));

let failed = 0;
for (const file of benches) {
  console.log(`\n# ${file}`);
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--conditions=@weir/source', '--import', 'tsx', join(root, file)],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) failed += 1;
}
console.log(`\n${benches.length} benchmarks, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
