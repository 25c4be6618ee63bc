/**
 * Which runs are runs of the same job: those of one name with the same parameters, from whatever file. Their histories share a folder,
 * so that a later run knows which output was theirs and `--resume` knows where to go on.
 */
import { createHash } from 'node:crypto';

/** Values of a job's parameters; must be JSON. */
export type JobParameters = Readonly<Record<string, unknown>>;

/** Folder name of a job: a readable slug of its name and 8 hexadecimal digits of the hash of name and parameters. */
export function jobFolderName(jobName: string, parameters: JobParameters): string {
  const key = createHash('sha256').update(sortedJson([jobName, parameters])).digest('hex').slice(0, 8);
  return `${slug(jobName)}-${key}`;
}

/** True for the folder of a job of this name, whatever its parameters. */
export function isFolderOf(folderName: string, jobName: string): boolean {
  return folderName.slice(0, -9) === slug(jobName) && /^-[0-9a-f]{8}$/.test(folderName.slice(-9));
}

function slug(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return words.slice(0, 40).replace(/-+$/, '') || 'job';
}

/** JSON whose objects have their keys in order; undefined members do not count. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
