/**
 * A job module as one self-contained ES module, named by its content.
 *
 * A1: the artifact holds no absolute path, and `@weir/*` stays a bare import: the same sources give the same bytes, and so the same hash,
 *     in any folder and on any machine.
 * A2: the first line is reserved (`PLACE_LINE`): to be imported, an artifact is materialized with a first line that says where the
 *     module lies and which files `@weir/*` are. Lines stay where they are, so the source map fits both.
 */
import { createHash } from 'node:crypto';

/** One import that the artifact leaves open. */
export interface OpenImport {
  readonly specifier: string;
}

export interface JobArtifact {
  /** SHA-256 of `code`, hexadecimal. */
  readonly hash: string;
  readonly code: string;
  /** Source map, version 3; `sources` are relative to the folder of the entry module. */
  readonly map: SourceMapJson;
  readonly openImports: readonly OpenImport[];
}

export interface SourceMapJson {
  readonly version: number;
  readonly sources: readonly string[];
  readonly mappings: string;
  readonly [field: string]: unknown;
}

export const PLACE_LINE = '/* weir job artifact */';
/** In an artifact, `import.meta.url` of the source file at this path (relative to the entry's folder) reads `weirPlace("path").url`; so do `filename`, `dirname`, `resolve`. */
export const PLACE_FUNCTION = 'weirPlace';

/** Lower-case hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function artifactHash(code: string): string {
  return sha256(code);
}

/** The artifact as it can be imported in this process. `resolveImport` gives the URL for an open import. */
export function materialize(artifact: JobArtifact, entryFolderUrl: string, resolveImport: (specifier: string) => string): { code: string; map: string } {
  const place = [
    "import { createRequire as weirCreateRequire } from 'node:module'",
    "import { dirname as weirDirname } from 'node:path'",
    "import { fileURLToPath as weirFileURLToPath, pathToFileURL as weirPathToFileURL } from 'node:url'",
    `const require = weirCreateRequire(${JSON.stringify(entryFolderUrl)})`,
    `const ${PLACE_FUNCTION} = (path) => { const url = new URL(path, ${JSON.stringify(entryFolderUrl)}); const filename = weirFileURLToPath(url); `
      + 'return { url: url.href, filename, dirname: weirDirname(filename), resolve: (to) => /^[./]|^[a-z]+:/.test(to) ? new URL(to, url).href '
      + ': weirPathToFileURL(weirCreateRequire(url).resolve(to)).href }; }',
  ].join('; ');
  let code = artifact.code.replace(PLACE_LINE, () => place);
  for (const { specifier } of artifact.openImports) {
    const quoted = JSON.stringify(specifier);
    const url = JSON.stringify(resolveImport(specifier));
    // esbuild writes one import a line, its specifier last.
    code = code.replaceAll(new RegExp(`^((?:import|export|\\}).*?|import )${escapeRegExp(quoted)};$`, 'gm'), (_, head: string) => `${head}${url};`)
      .replaceAll(`import(${quoted})`, () => `import(${url})`);
  }
  const sources = artifact.map.sources.map((source) => new URL(source, entryFolderUrl).href);
  return { code, map: JSON.stringify({ ...artifact.map, sources, sourceRoot: '' }) };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
