/** `weir checkpoint`: looks at checkpoints on disk. */
import type { Command } from 'commander';
import type { Found } from './arguments.js';

export interface CheckpointInvocation {
  readonly command: 'checkpoint ls' | 'checkpoint show' | 'checkpoint verify';
  readonly path: string;
  readonly json: boolean;
}

const VERBS = [
  ['ls', 'list the checkpoints below a directory', 'directory of a job, of a history, or above them'],
  ['show', 'show what a checkpoint consists of', 'directory of one checkpoint'],
  ['verify', 'read every file of a checkpoint and compare sizes and checksums', 'directory of one checkpoint'],
] as const;

export function addCheckpoint(root: Command, found: Found<CheckpointInvocation>): Command[] {
  const checkpoint = root.command('checkpoint').description('look at checkpoints on disk').helpCommand(false);
  const verbs = VERBS.map(([verb, description, path]) =>
    checkpoint.command(verb).description(description).argument('<path>', path).option('--json', 'print JSON')
      .action((path: string, options: { json?: boolean }) => {
        found({ command: `checkpoint ${verb}`, path, json: options.json === true });
      }));
  return [checkpoint, ...verbs];
}
