// Writes docs/configuration.md from the options in the sources.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'weir-docs-'));
try {
  const outfile = join(folder, 'configuration-docs.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['apps/cli/src/configuration-docs.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@weir/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const { renderConfigurationDocs } = await import(pathToFileURL(outfile).href);
  writeFileSync(join(root, 'docs/configuration.md'), renderConfigurationDocs());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
