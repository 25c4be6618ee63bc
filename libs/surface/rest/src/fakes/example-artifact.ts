/** An artifact whose hash is right. */
import { createHash } from 'node:crypto';
import type { StoredArtifact } from '@weir/cluster';

export function exampleArtifact(name = 'word-count.ts', code = 'export default 1;\n'): StoredArtifact {
  return {
    hash: createHash('sha256').update(code).digest('hex'), name, code, map: '{"version":3}', openImports: ['@weir/datastream'], entryFolderUrl: 'file:///jobs/',
    uploadedAtMs: 1_700_000_000_000,
  };
}
