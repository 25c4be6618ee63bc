/**
 * Everything that can happen to leaders, checkpoints, register and transactions (D4, D5, D7), each state once. With all rules nothing is violated;
 * without any one of them something is, and the shortest way there is the story below. docs/model.md names the line of the engine behind each rule.
 */
import { describe, expect, it } from '@jest/globals';
import { explore, guards, refinements, type Rule } from '../../src/model/index.js';

const MINUTES = 60_000;

function storyWithout(rule: Rule): string {
  return (explore({ without: [rule] }).story ?? ['nothing is violated']).join('\n');
}

describe('given two leaders, three epochs, two checkpoints, a lost register and a power cut', () => {
  it('when all rules are kept / then no reachable state violates anything', () => {
    const { states, story, complete } = explore();
    expect({ story, complete, many: states > 1_000_000 }).toEqual({ story: undefined, complete: true, many: true });
  }, 3 * MINUTES);

  it('has a story for each rule', () => {
    expect([guards.length, refinements.length]).toEqual([8, 4]);
  });
});

describe('when one guard is left out / then the shortest story that breaks the job is', () => {
  it('without exclusive-epoch-claim', () => {
    expect(storyWithout('exclusive-epoch-claim')).toMatchInlineSnapshot();
  });
  it('without metadata-before-pointer', () => {
    expect(storyWithout('metadata-before-pointer')).toMatchInlineSnapshot();
  });
  it('without pointer-names-version', () => {
    expect(storyWithout('pointer-names-version')).toMatchInlineSnapshot();
  });
  it('without unknown-outcome-is-reread', () => {
    expect(storyWithout('unknown-outcome-is-reread')).toMatchInlineSnapshot();
  });
  it('without epoch-check-before-notify', () => {
    expect(storyWithout('epoch-check-before-notify')).toMatchInlineSnapshot();
  });
  it('without deposed-deletes-nothing', () => {
    expect(storyWithout('deposed-deletes-nothing')).toMatchInlineSnapshot();
  });
  it('without restored-record', () => {
    expect(storyWithout('restored-record')).toMatchInlineSnapshot();
  });
  it('without recovery-settles-transactions', () => {
    expect(storyWithout('recovery-settles-transactions')).toMatchInlineSnapshot();
  });
});

describe('when one refinement is left out / then the shortest story that breaks the job is', () => {
  it('without ambiguous-metadata-is-settled', () => {
    expect(storyWithout('ambiguous-metadata-is-settled')).toMatchInlineSnapshot();
  });
  it('without adopted-metadata-is-synced', () => {
    expect(storyWithout('adopted-metadata-is-synced')).toMatchInlineSnapshot();
  });
  it('without record-names-epoch', () => {
    expect(storyWithout('record-names-epoch')).toMatchInlineSnapshot();
  });
  it('without history-spares-later-epochs', () => {
    expect(storyWithout('history-spares-later-epochs')).toMatchInlineSnapshot();
  });
});
