/**
 * A bundle of the last commit, or of it with edits: made in a temporary clone, so that neither work in progress nor a planted bug gets into the
 * workspace or out of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './program.js';

export interface Clone {
  readonly folder: string;
  /** Bundles what lies in the clone now and returns the folder of the bundle. */
  bundle(): string;
  /** Replaces a file's text, and returns what puts it back. */
  edit(file: string, change: (text: string) => string): () => void;
  remove(): void;
}

/** `commit`: default the last one. */
export function cloneWorkspace(commit?: string): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'weir-chaos-clone-'));
  execFileSync('git', ['clone', '--quiet', '--shared', root, folder]);
  if (commit !== undefined) execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: folder });
  // Links of the workspace's own packages are relative, so that a copy of them leads into the clone; other packages are only linked.
  execFileSync('cp', ['-al', join(root, 'node_modules'), join(folder, 'node_modules')]);
  return {
    folder,
    bundle: () => {
      execFileSync(process.execPath, [join(folder, 'apps/cli/scripts/bundle.mjs')], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      return join(folder, 'apps/cli/dist/bundle');
    },
    edit: (file, change) => {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, change(text));
      return () => writeFileSync(path, text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
