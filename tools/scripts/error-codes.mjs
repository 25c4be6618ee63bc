// The codes of coded errors in the sources, and on docs/errors.md. `node tools/scripts/error-codes.mjs` prints what is missing on either side.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './projects.mjs';

/** Expects codes of others; its own are in its errors.ts. */
const ASIDE = join('libs', 'testing');

/** Names of environment variables, which look alike. */
const VARIABLES = new Set(['WEIR_CONF', 'WEIR_TARGET', 'WEIR_NATS_SERVER', 'WEIR_CLUSTER_DIRECTORY']);

/** Code to the files, relative to the root, whose sources hold it as a literal; comments do not count. */
export function codesInSources() {
  const places = new Map();
  const visit = (folder, below) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const skipped = ['node_modules', 'dist', 'out', 'test', 'bench'].includes(entry.name);
        if (!skipped) visit(path, below || entry.name === 'src');
      } else if (below && entry.name.endsWith('.ts') && (entry.name === 'errors.ts' || !relative(root, path).startsWith(ASIDE))) {
        for (const [, code] of readFileSync(path, 'utf8').matchAll(/['"](WEIR_[A-Z0-9_]+)['"]/g)) {
          if (VARIABLES.has(code)) continue;
          places.set(code, [...(places.get(code) ?? []), relative(root, path)]);
        }
      }
    }
  };
  for (const folder of ['libs', 'apps']) visit(join(root, folder), false);
  return places;
}

/** The codes that have a row on the page, in its order. */
export function codesOnPage() {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  return [...page.matchAll(/^\| `(WEIR_[A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const inSources = codesInSources();
  const onPage = new Set(codesOnPage());
  for (const [code, files] of inSources) if (!onPage.has(code)) console.log(`not on the page: ${code} (${files.join(', ')})`);
  for (const code of onPage) if (!inSources.has(code)) console.log(`not in the sources: ${code}`);
}
