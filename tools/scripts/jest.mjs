// Runs one project's Jest: `node tools/scripts/jest.mjs libs/base [jest arguments]`.
// Same as `npx jest` inside the project, without the start-up time of npx.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { jestNodeOptions } from './jest-node-options.mjs';
import { root } from './projects.mjs';

const [project, ...rest] = process.argv.slice(2);
const folder = project && resolve(root, project);
if (!folder || !existsSync(join(folder, 'jest.config.cjs'))) {
  console.error('usage: node tools/scripts/jest.mjs <project folder> [jest arguments]');
  process.exit(2);
}
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const run = spawnSync(process.execPath, [...jestNodeOptions, jest, '--testTimeout=60000', ...rest], { cwd: folder, stdio: 'inherit' });
process.exit(run.status ?? 1);
