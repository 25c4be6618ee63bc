/**
 * Artifacts on disk, and which one a module gave last time:
 *
 *   .weir/artifacts/<sha256>.mjs, .mjs.map, .json            the artifact, its source map, its open imports
 *   .weir/artifacts/local/<key>.mjs, .mjs.map                materialized for this place and this build of Weir
 *   .weir/artifacts/index/<key>.json                         entry -> hash, with time and size of every input: a warm start bundles nothing
 * All of it may be deleted at any time. Any number of processes and threads may share one folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImportResolver } from './import-resolver.js';
import { artifactHash, materialize, type JobArtifact, type OpenImport, type SourceMapJson } from './job-artifact.js';

interface InputStamp {
  readonly path: string;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
}
interface IndexEntry {
  readonly hash: string;
  readonly inputs: readonly InputStamp[];
}

export class ArtifactStore {
  constructor(private readonly directory: string) {}

  /** The hash that `entry` gave, if none of its inputs changed since. */
  cachedHash(entry: string): string | undefined {
    const index = readJson<IndexEntry>(this.indexPath(entry));
    if (index === undefined || !this.has(index.hash)) return undefined;
    return index.inputs.every(isUnchanged) ? index.hash : undefined;
  }

  /** Remembers that `entry` gave this artifact, from these files. */
  remember(entry: string, hash: string, inputs: readonly string[]): void {
    const stamps = inputs.flatMap((path) => stampOf(path) ?? []);
    writeWhole(this.indexPath(entry), JSON.stringify({ hash, inputs: stamps } satisfies IndexEntry));
  }

  has(hash: string): boolean {
    return existsSync(join(this.directory, `${hash}.mjs`));
  }

  /** Stores the artifact under its hash; harmless when it is there. */
  put(artifact: JobArtifact): void {
    const base = join(this.directory, artifact.hash);
    writeWhole(`${base}.mjs.map`, JSON.stringify(artifact.map));
    writeWhole(`${base}.json`, JSON.stringify(artifact.openImports));
    writeWhole(`${base}.mjs`, artifact.code); // last: it says that the others are there
  }

  get(hash: string): JobArtifact {
    const base = join(this.directory, hash);
    const code = readFileSync(`${base}.mjs`, 'utf8');
    return {
      hash: artifactHash(code),
      code,
      map: JSON.parse(readFileSync(`${base}.mjs.map`, 'utf8')) as SourceMapJson,
      openImports: JSON.parse(readFileSync(`${base}.json`, 'utf8')) as OpenImport[],
    };
  }

  /** Path of the artifact in a form that can be imported here. `entryFolderUrl`: where its entry module lies, or lay. */
  importable(hash: string, entryFolderUrl: string, resolver: ImportResolver): string {
    const path = join(this.directory, 'local', `${key(hash, entryFolderUrl, resolver.identity)}.mjs`);
    if (existsSync(path)) return path;
    const { code, map } = materialize(this.get(hash), entryFolderUrl, (specifier) => resolver.resolve(specifier));
    const mapName = path.slice(path.lastIndexOf('/') + 1);
    writeWhole(`${path}.map`, map);
    writeWhole(path, `${code}//# sourceMappingURL=${mapName}.map\n`);
    return path;
  }

  private indexPath(entry: string): string {
    return join(this.directory, 'index', `${key(entry)}.json`);
  }
}

function key(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24);
}

function stampOf(path: string): InputStamp | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : { path, modifiedMs: stats.mtimeMs, sizeBytes: stats.size };
}

function isUnchanged(stamp: InputStamp): boolean {
  const now = stampOf(stamp.path);
  return now !== undefined && now.modifiedMs === stamp.modifiedMs && now.sizeBytes === stamp.sizeBytes;
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Others see the old file or the whole new one, after a power cut too: files are trusted by their names, and a name that is durable before its content
 * would give an empty module for good. The temporary name is random: threads of one process share its id.
 */
function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, path);
}
