/** `docs/guide/simulate.md` shows the code that runs here. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { simulate } from '../../src/index.js';
import visits from './jobs/visits.js';
import visitsWrong from './jobs/visits-wrong.js';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const blocks = [...read('../../../../docs/guide/simulate.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

describe('the page on simulating one\'s own job', () => {
  it('shows the code of these files', () => {
    for (const file of ['orders.ts', 'visits-wrong.ts', 'visits.ts']) expect({ file, shown: blocks.includes(read(`./jobs/${file}`)) }).toEqual({ file, shown: true });
  });

  it('tells what happens to the job with the mistake', async () => {
    await expect(simulate(visitsWrong, { seeds: 3 })).rejects.toThrow(/guilty {4}operator greeting \(uid greeting\): different record[^]*expected {2}"welcome \w+, visit \d+"[^]*a module variable/);
  }, 120_000);

  it('and to the one that was put right', async () => {
    expect(await simulate(visits, { seeds: 15 })).toMatchObject({ seeds: 15, failures: [], notCompared: [] });
  }, 120_000);
});
