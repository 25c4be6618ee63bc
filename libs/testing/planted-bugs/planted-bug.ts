/**
 * A bug as a patch of the source: production code has no switches, so no production build can carry one. The numbers are those of the test
 * plan's list of thirty.
 */

export interface SourceEdit {
  /** From the workspace's root. */
  readonly file: string;
  /** Exact text; occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** A test of another layer that sees what the whole engine hides behind a second guard. */
export interface LayerTest {
  /** Folder of the project. */
  readonly project: string;
  /** Its test file, from there. */
  readonly file: string;
}

export interface PlantedBug {
  /** Number in the list, and a letter where one number has several shapes. */
  readonly id: string;
  readonly name: string;
  readonly edits: readonly SourceEdit[];
  /** Invariants that may break. */
  readonly expects: readonly string[];
  /** Left out: the engine simulation must find it. */
  readonly foundBy?: LayerTest;
  /** Why the engine simulation does not. */
  readonly because?: string;
}

/** A bug that cannot be planted yet: the part that it would be in does not exist. */
export interface OpenBug {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

/** The file's text with the bug in it. Throws when a text to be found is not there exactly once. */
export function plant(edits: readonly SourceEdit[], file: string, source: string): string {
  return edits.filter((edit) => edit.file === file).reduce((text, { find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places of, and not one: ${find}`);
    return parts.join(replace);
  }, source);
}
