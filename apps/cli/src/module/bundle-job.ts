/** Bundles a job module with esbuild into a {@link JobArtifact}. `@weir/*` and packages with native code stay outside. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { artifactHash, JobModuleInvalidError, PLACE_FUNCTION, PLACE_LINE, type JobArtifact, type SourceMapJson } from '@weir/artifacts';
import { nearestName } from '@weir/base';
import type { Message, Plugin } from 'esbuild';
import { JobModuleNotFoundError } from '../errors.js';

export interface BundledJob {
  readonly artifact: JobArtifact;
  /** Absolute paths of all files that went in. */
  readonly inputs: readonly string[];
}

/** Throws `WEIR_JOB_MODULE_NOT_FOUND` and `WEIR_JOB_MODULE_INVALID` (with file, line and column). */
export async function bundleJob(entry: string, workingDirectory: string): Promise<BundledJob> {
  requireModule(entry, workingDirectory);
  const { build } = await import('esbuild');
  const folder = dirname(entry);
  const built = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: folder, // nothing is written: it makes the source map's paths relative to the entry (A1)
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'external',
    banner: { js: PLACE_LINE },
    metafile: true,
    logLevel: 'silent',
    plugins: [outsideImports, placeOfSources(folder)],
  }).catch((failure: unknown) => {
    throw invalidModule(failure, folder, workingDirectory);
  });
  const text = (suffix: string): string => built.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  const code = text('.js');
  const outputs = Object.values(built.metafile.outputs).find((it) => it.entryPoint !== undefined);
  const specifiers = new Set((outputs?.imports ?? []).filter((it) => it.external === true && !isBuiltin(it.path)).map((it) => it.path));
  return {
    artifact: {
      hash: artifactHash(code),
      code,
      map: JSON.parse(text('.js.map')) as SourceMapJson,
      openImports: [...specifiers].sort().map((specifier) => ({ specifier })),
    },
    inputs: Object.keys(built.metafile.inputs).map((input) => resolve(folder, input)),
  };
}

function isBuiltin(specifier: string): boolean {
  return process.getBuiltinModule === undefined ? specifier.startsWith('node:') : process.getBuiltinModule(specifier) !== undefined;
}

function requireModule(entry: string, workingDirectory: string): void {
  const found = statSync(entry, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw new JobModuleNotFoundError(shown(entry, workingDirectory) || '.', nearestModule(entry, workingDirectory), true);
  if (found !== undefined) return;
  const folder = dirname(entry);
  const siblings = existsSync(folder) ? readdirSync(folder).filter((name) => /\.[cm]?[jt]s$/.test(name)) : [];
  const near = nearestName(basename(entry), siblings);
  throw new JobModuleNotFoundError(shown(entry, workingDirectory), near === undefined ? undefined : shown(join(folder, near), workingDirectory));
}

/** The module that somebody who names a folder most likely means. */
function nearestModule(folder: string, workingDirectory: string): string | undefined {
  const usual = ['job.ts', 'src/job.ts'].map((name) => join(folder, name)).find((path) => existsSync(path));
  return usual === undefined ? undefined : shown(usual, workingDirectory);
}

/** `@weir/*` is the running CLI's; packages that bring native code cannot be put into one file. */
const outsideImports: Plugin = {
  name: 'outside-imports',
  setup(build) {
    build.onResolve({ filter: /^@weir\// }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^[^./]/ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined;
      const packageFolder = findPackage(path, resolveDir);
      return packageFolder !== undefined && hasNativeCode(packageFolder) ? { path, external: true } : undefined;
    });
  },
};

function findPackage(specifier: string, from: string): string | undefined {
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function hasNativeCode(packageFolder: string): boolean {
  return ['binding.gyp', 'prebuilds', 'build/Release'].some((sign) => existsSync(join(packageFolder, sign)))
    || readdirSync(packageFolder).some((name) => name.endsWith('.node'));
}

/** Lets `import.meta.url` (also `.dirname`, `.filename`, `.resolve`) be the source's own place, not the bundle's (A2). */
function placeOfSources(folder: string): Plugin {
  return {
    name: 'place-of-sources',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (!source.includes('import.meta.')) return undefined;
        const place = `${PLACE_FUNCTION}(${JSON.stringify(relative(folder, path).replaceAll('\\', '/'))})`;
        const loader = extname(path).replace(/^\.[cm]?/, '') as 'js' | 'jsx' | 'ts' | 'tsx';
        return { contents: source.replace(/\bimport\.meta\.(url|filename|dirname|resolve)\b/g, `${place}.$1`), loader, resolveDir: dirname(path) };
      });
    },
  };
}

function invalidModule(failure: unknown, folder: string, workingDirectory: string): unknown {
  const messages = (failure as { errors?: readonly Message[] }).errors;
  if (messages === undefined || messages.length === 0) return failure;
  const [{ text, location, notes }, ...further] = messages;
  const message = [text, ...notes.map((note) => note.text)][0];
  if (location === null) return new JobModuleInvalidError(message, undefined, further.length);
  const file = shown(resolve(folder, location.file), workingDirectory);
  const position = { file, line: location.line, column: location.column + 1, lineText: location.lineText };
  return new JobModuleInvalidError(`${file}:${position.line}:${position.column} ${decapitalize(message)}`, position, further.length);
}

function decapitalize(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;
}

function shown(path: string, workingDirectory: string): string {
  const short = relative(workingDirectory, path);
  return short.startsWith('..') ? path : short;
}
