// Real clusters under faults: `npm run chaos -- list | run SCENARIO… | soak | …`; docs/chaos.md tells what there is.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './projects.mjs';

const program = join(root, 'apps/chaos/src/main.ts');
const child = spawn(process.execPath, ['--conditions=@weir/source', '--import', 'tsx', program, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// The driver ends its cluster before it goes: it is told, and waited for.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
