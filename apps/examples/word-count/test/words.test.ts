import { expect, it } from '@jest/globals';
import { words } from '../src/job.js';

it('a line is its words in lower case, with apostrophes and letters of any script, without punctuation', () => {
  const found: string[] = [];
  words("Any man's death, – Älteste Brücke: 東京 2x", { collect: (word) => found.push(word) });
  expect(found).toEqual(['any', "man's", 'death', 'älteste', 'brücke', '東京', '2x']);
});
