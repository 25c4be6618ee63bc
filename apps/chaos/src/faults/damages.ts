/** Ways in which the files of a completed checkpoint rot, get lost, or get mixed up. Each returns the file that must be named. */
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Damage {
  readonly name: string;
  /** `newest` and `older`: folders of completed checkpoints. */
  apply(newest: string, older: string): string;
}

function flip(file: string, at: (size: number) => number): void {
  const bytes = readFileSync(file);
  bytes[at(bytes.length)] ^= 0x10;
  writeFileSync(file, bytes);
}

const metadata = (folder: string): string => join(folder, '_metadata');
/** The largest one, so that there is something in it. */
const state = (folder: string): string => statesOf(folder)[0];

function statesOf(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.state')).map((name) => join(folder, name));
  if (files.length < 2) throw new Error(`${folder} has ${files.length} state files`);
  return files.sort((a, b) => statSync(b).size - statSync(a).size || (a < b ? -1 : 1));
}

function damage(name: string, of: (folder: string) => string, how: (file: string, older: string) => void): Damage {
  return {
    name,
    apply: (newest, older) => {
      const file = of(newest);
      how(file, older);
      return basename(file);
    },
  };
}

export const DAMAGES: readonly Damage[] = [
  damage('metadata: a bit of its head flips', metadata, (file) => flip(file, () => 1)),
  damage('metadata: a bit in its middle flips', metadata, (file) => flip(file, (size) => size >> 1)),
  damage('metadata: a bit at its end flips', metadata, (file) => flip(file, (size) => size - 1)),
  damage('metadata: half of it is missing', metadata, (file) => truncateSync(file, statSync(file).size >> 1)),
  damage('metadata: empty', metadata, (file) => truncateSync(file, 0)),
  damage('metadata: something is appended', metadata, (file) => writeFileSync(file, 'more', { flag: 'a' })),
  damage('metadata: zeros in its place', metadata, (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))),
  damage('metadata: that of an older checkpoint', metadata, (file, older) => copyFileSync(metadata(older), file)),
  damage('metadata: missing', metadata, (file) => rmSync(file)),
  damage('state: a bit flips', state, (file) => flip(file, (size) => size >> 1)),
  damage('state: the last byte is missing', state, (file) => truncateSync(file, statSync(file).size - 1)),
  damage('state: empty', state, (file) => truncateSync(file, 0)),
  damage('state: missing', state, (file) => rmSync(file)),
  damage('state: that of another subtask', state, (file) => copyFileSync(statesOf(dirname(file))[1], file)),
  damage('state: that of an older checkpoint', state, (file, older) => copyFileSync(state(older), file)),
  { name: 'the whole folder is missing', apply: (newest) => { rmSync(newest, { recursive: true }); return basename(newest); } },
];
