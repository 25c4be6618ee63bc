import { expect, test } from '@jest/globals';
import * as lib from '../src/index.js';

test('given nothing yet / when the lib is loaded / then it exports nothing', () => {
  expect(Object.keys(lib)).toEqual([]);
});
