/**
 * Artifacts as Flink's "jars". An uploaded file is a StoredArtifact as JSON, whatever its suffix; its id here is `<sha256>_<name>`. The hash is checked
 * against the code; the name is data and never part of a path.
 */
import { createHash } from 'node:crypto';
import type { ArtifactInfo, StoredArtifact } from '@weir/cluster';
import { ArtifactHashError, BadRequestError } from '../errors.js';

const SUFFIXES = ['.jar', '.mjs', '.json'];
const HASH = /^[0-9a-f]{64}$/;
const MAX_NAME_LENGTH = 128;

/** Letters, digits, single dots, dashes and underscores of the last segment. */
export function safeArtifactName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const safe = base.replace(/[^A-Za-z0-9._-]/g, '_').replace(/\.{2,}/g, '.').replace(/^[^A-Za-z0-9]+/, '').slice(0, MAX_NAME_LENGTH).replace(/\.$/, '');
  return safe === '' ? 'artifact' : safe;
}

export const jarIdOf = ({ hash, name }: Pick<ArtifactInfo, 'hash' | 'name'>): string => `${hash}_${safeArtifactName(name)}`;

/** Throws `WEIR_REST_BAD_REQUEST`. */
export function checkSuffix(fileName: string): void {
  if (SUFFIXES.some((suffix) => fileName.toLowerCase().endsWith(suffix))) return;
  throw new BadRequestError(`the uploaded file does not end in ${SUFFIXES.join(', ')}`, 'Upload the artifact file that `weir` made of the job.');
}

/** Throws `WEIR_REST_BAD_REQUEST` or `WEIR_REST_ARTIFACT_HASH`. */
export function parseArtifact(value: Readonly<Record<string, unknown>>, uploadedAtMs: number): StoredArtifact {
  const text = (key: string): string => {
    const it = value[key];
    if (typeof it === 'string') return it;
    throw new BadRequestError(`the artifact has no text ${key}`, 'Send an artifact as `weir` bundles it: hash, name, code, map, openImports, entryFolderUrl.');
  };
  const { openImports } = value;
  if (!Array.isArray(openImports) || !openImports.every((it): it is string => typeof it === 'string')) {
    throw new BadRequestError('the artifact has no list openImports', 'Send an artifact as `weir` bundles it.');
  }
  const [hash, code] = [text('hash'), text('code')];
  const actual = createHash('sha256').update(code).digest('hex');
  if (!HASH.test(hash) || hash !== actual) throw new ArtifactHashError(hash.slice(0, 64).replace(/[^\x21-\x7e]/g, '?'), actual);
  return { hash, name: safeArtifactName(text('name')), code, map: text('map'), openImports, entryFolderUrl: text('entryFolderUrl'), uploadedAtMs };
}
