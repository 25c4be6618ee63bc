import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

function expand(pattern) {
  let folders = ['.'];
  for (const part of pattern.split('/')) {
    folders = folders.flatMap((folder) =>
      part !== '*'
        ? [join(folder, part)]
        : readdirSync(join(root, folder), { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
            .map((entry) => join(folder, entry.name)),
    );
  }
  return folders;
}

/** Folders of all workspace packages, relative to the root, sorted. */
export function projectFolders() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folders = workspaces.flatMap(expand).filter((folder) => existsSync(join(root, folder, 'package.json')));
  return [...new Set(folders)].sort();
}
