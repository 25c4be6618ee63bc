// Runs jobs under simulated faults: `npm run simulate -- [--seeds N] [--from S] [--seed N] [--module job.ts] …`; options in libs/testing/bin.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './projects.mjs';

const program = join(root, 'libs/testing/bin/simulate.ts');
// One core per campaign: a large nursery, collected by the thread that fills it. A job's code lives for milliseconds.
const flags = ['--max-semi-space-size=64', '--single-threaded-gc'];
const { status, signal } = spawnSync(process.execPath, [...flags, '--conditions=@weir/source', '--import', 'tsx', program, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
if (signal !== null) console.error(`the simulation was ended by ${signal}`);
process.exit(status ?? 1);
