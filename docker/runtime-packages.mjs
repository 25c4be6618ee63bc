// Prints a package.json with the packages that the bundle leaves open, at the versions of the lock file: `node runtime-packages.mjs package-lock.json`.
import { readFileSync } from 'node:fs';

/** Kept in step with `external` in apps/cli/scripts/bundle.mjs. */
const OPEN = ['esbuild', 'classic-level'];

const lock = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const dependencies = Object.fromEntries(OPEN.map((name) => [name, lock.packages[`node_modules/${name}`].version]));
const allowScripts = Object.fromEntries(OPEN.map((name) => [name, true])); // as in the repository's own package.json
process.stdout.write(`${JSON.stringify({ name: 'weir-runtime', private: true, dependencies, allowScripts }, undefined, 2)}\n`);
