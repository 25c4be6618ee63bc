/** `weir state`: opens snapshots and prints what is in them. Exit code 1 of `diff`: there are differences. */
import type { StateInvocation } from '../../grammar/states.js';
import type { CliIo } from '../../io.js';
import { diff } from './diff.js';
import { ls } from './ls.js';
import { read } from './read.js';

export function state(invocation: StateInvocation, io: CliIo): Promise<number> {
  switch (invocation.command) {
    case 'state ls':
      return ls(invocation, io);
    case 'state read':
      return read(invocation, io);
    case 'state diff':
      return diff(invocation, io);
  }
}
