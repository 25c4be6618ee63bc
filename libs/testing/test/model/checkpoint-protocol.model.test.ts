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
    expect(storyWithout('exclusive-epoch-claim')).toMatchInlineSnapshot(`
"1. another process looks at the epochs and wants to be leader 1
2. leader 1 claims epoch 1
3. the other process, too, takes epoch 1
violated: two leaders act in epoch 1"
`);
  });
  it('without metadata-before-pointer', () => {
    expect(storyWithout('metadata-before-pointer')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 1 clears the target of output, since it starts from nothing
10. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
11. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
12. leader 1 reads the register: it names nothing
13. leader 1 sets the register to checkpoint 1 of leader 1
14. the power fails everywhere; what was not synced is gone
violated: no leader can start any more: the register names checkpoint 1 of leader 1, whose files are gone"
`);
  });
  it('without pointer-names-version', () => {
    expect(storyWithout('pointer-names-version')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 2 claims epoch 2
3. leader 1 reads the register: it names nothing
4. leader 1 reads the restored records
5. leader 1 lists the checkpoints and chooses nothing
6. leader 1 records that it starts from nothing
7. leader 1 reads the register: it names nothing
8. leader 2 reads the register: it names nothing
9. leader 2 reads the restored records
10. leader 2 lists the checkpoints and chooses nothing
11. leader 2 records that it starts from nothing
12. leader 2 reads the register: it names nothing
13. leader 2 sets the register to nothing
14. leader 1 sets the register to nothing
violated: leader 1 sets the register over leader 2, which has taken over"
`);
  });
  it('without unknown-outcome-is-reread', () => {
    expect(storyWithout('unknown-outcome-is-reread')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 1 clears the target of output, since it starts from nothing
10. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
11. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
12. leader 1 syncs the directory: checkpoint 1 of leader 1 is durable
13. leader 1 reads the register: it names nothing
14. leader 1 sets the register to checkpoint 1 of leader 1, but gets no answer
15. a task of leader 1 fails; all start again from nothing and abort what they prepared since
violated: a later leader starts from checkpoint 1 of leader 1: the transaction of checkpoint 1 of leader 1 belongs to it, but was aborted, so its records are lost"
`);
  });
  it('without epoch-check-before-notify', () => {
    expect(storyWithout('epoch-check-before-notify')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 2 claims epoch 2
10. leader 1 clears the target of output, since it starts from nothing
11. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
12. leader 2 reads the register: it names nothing
13. leader 2 reads the restored records
14. leader 2 lists the checkpoints and chooses nothing
15. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
16. leader 1 syncs the directory: checkpoint 1 of leader 1 is durable
17. leader 1 reads the register: it names nothing
18. leader 1 sets the register to checkpoint 1 of leader 1
19. leader 1 notifies its tasks: checkpoint 1 of leader 1 is completed
20. leader 2 records that it starts from nothing
violated: a later leader starts from nothing: checkpoint 1 of leader 1 was completed and is lost"
`);
  });
  it('without deposed-deletes-nothing', () => {
    expect(storyWithout('deposed-deletes-nothing')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 1 clears the target of output, since it starts from nothing
10. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
11. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
12. leader 1 syncs the directory: checkpoint 1 of leader 1 is durable
13. leader 1 reads the register: it names nothing
14. leader 1 sets the register to checkpoint 1 of leader 1, but gets no answer
15. leader 1 cannot reach the register and steps down; it deletes checkpoint 1 of leader 1, which it takes for failed
violated: no leader can start any more: the register names checkpoint 1 of leader 1, whose files are gone"
`);
  });
  it('without restored-record', () => {
    expect(storyWithout('restored-record')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 starts from nothing, and records that nowhere
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 2 claims epoch 2
10. leader 1 clears the target of output, since it starts from nothing
11. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
12. leader 2 reads the register: it names nothing
13. leader 2 reads the restored records
14. leader 2 lists the checkpoints and chooses nothing
15. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
16. leader 2 starts from nothing, and records that nowhere
17. leader 2 reads the register: it names nothing
18. leader 2 sets the register to nothing
19. leader 2 finds no larger epoch and starts tasks
20. leader 2 clears the target of output, since it starts from nothing
violated: a later leader starts from checkpoint 1 of leader 1: the transaction of checkpoint 1 of leader 1 belongs to it, but was aborted, so its records are lost"
`);
  });
  it('without recovery-settles-transactions', () => {
    expect(storyWithout('recovery-settles-transactions')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 1 clears the target of output, since it starts from nothing
10. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
11. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
violated: a later leader starts from checkpoint 1 of leader 1: the transaction of checkpoint 1 of leader 1 belongs to it, but nobody commits it"
`);
  });
});

describe('when one refinement is left out / then the shortest story that breaks the job is', () => {
  it('without ambiguous-metadata-is-settled', () => {
    expect(storyWithout('ambiguous-metadata-is-settled')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 1 clears the target of output, since it starts from nothing
10. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
11. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
12. leader 1 is told that writing _metadata failed, although it is there; it gives checkpoint 1 of leader 1 up
13. a task of leader 1 fails; all start again from nothing and abort what they prepared since
violated: a later leader starts from checkpoint 1 of leader 1: the transaction of checkpoint 1 of leader 1 belongs to it, but was aborted, so its records are lost"
`);
  });
  it('without adopted-metadata-is-synced', () => {
    expect(storyWithout('adopted-metadata-is-synced')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 2 claims epoch 2
10. leader 1 clears the target of output, since it starts from nothing
11. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
12. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
13. leader 2 reads the register: it names nothing
14. leader 2 reads the restored records
15. leader 2 lists the checkpoints and chooses checkpoint 1 of leader 1
16. leader 2 records that it starts from checkpoint 1 of leader 1
17. the power fails everywhere; what was not synced is gone
violated: no leader can start any more: leader 2 recorded that it started from checkpoint 1 of leader 1, which is not valid any more"
`);
  });
  it('without record-names-epoch', () => {
    expect(storyWithout('record-names-epoch')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 2 claims epoch 2
10. leader 1 clears the target of output, since it starts from nothing
11. tasks of leader 1 prepare the transaction of checkpoint 1 of leader 1
12. leader 2 reads the register: it names nothing
13. leader 2 reads the restored records
14. leader 2 lists the checkpoints and chooses nothing
15. leader 1 writes the _metadata of checkpoint 1 of leader 1; it is visible, not durable
16. leader 1 crashes
17. leader 3 claims epoch 3
18. leader 3 reads the register: it names nothing
19. leader 3 reads the restored records
20. leader 2 records that it starts from nothing
21. leader 3 lists the checkpoints and chooses checkpoint 1 of leader 1
22. leader 3 records that it starts from checkpoint 1 of leader 1
violated: no leader can start any more: leader 3 recorded that it started from checkpoint 1 of leader 1, which is not valid any more"
`);
  });
  it('without history-spares-later-epochs', () => {
    expect(storyWithout('history-spares-later-epochs')).toMatchInlineSnapshot(`
"1. leader 1 claims epoch 1
2. leader 1 reads the register: it names nothing
3. leader 1 reads the restored records
4. leader 1 lists the checkpoints and chooses nothing
5. leader 1 records that it starts from nothing
6. leader 1 reads the register: it names nothing
7. leader 1 sets the register to nothing
8. leader 1 finds no larger epoch and starts tasks
9. leader 2 claims epoch 2
10. leader 2 reads the register: it names nothing
11. leader 2 reads the restored records
12. leader 2 lists the checkpoints and chooses nothing
13. leader 2 records that it starts from nothing
14. leader 2 reads the register: it names nothing
15. leader 2 sets the register to nothing
16. leader 2 finds no larger epoch and starts tasks
17. leader 2 clears the target of output, since it starts from nothing
18. tasks of leader 2 prepare the transaction of checkpoint 1 of leader 2
19. leader 1 clears the target of output, since it starts from nothing
20. leader 2 writes the _metadata of checkpoint 1 of leader 2; it is visible, not durable
violated: a later leader starts from checkpoint 1 of leader 2: the transaction of checkpoint 1 of leader 2 belongs to it, but was aborted, so its records are lost"
`);
  });
});
