/** How many inputs each kind of operator has, and how many of them are keyed. */
import type { OperatorSpec } from './operator-spec.js';

export function inputCountOf(spec: OperatorSpec): 0 | 1 | 2 {
  switch (spec.kind) {
    case 'source':
      return 0;
    case 'co-process':
    case 'keyed-co-process':
      return 2;
    default:
      return 1;
  }
}

/** Inputs that must come with a key selector. */
export function keyedInputs(spec: OperatorSpec): 0 | 1 | 2 {
  switch (spec.kind) {
    case 'keyed-process':
    case 'keyed-reduce':
    case 'keyed-aggregate':
    case 'window':
      return 1;
    case 'keyed-co-process':
      return 2;
    default:
      return 0;
  }
}
