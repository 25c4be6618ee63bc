import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventText } from '../src/nexmark/model/event-text.js';
import { NexmarkGenerator } from '../src/nexmark/model/nexmark-generator.js';
import type { NexmarkOptions } from '../src/nexmark/model/nexmark-options.js';
import { SplitMix } from '../src/nexmark/model/split-mix.js';

const golden = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../src/nexmark/golden/${name}`, import.meta.url), 'utf8')) as T;

describe('the Nexmark generator', () => {
  it('draws the numbers of the golden sequence', () => {
    const { draws } = golden<{ draws: readonly { op: string; bound?: number; value: number | string }[] }>('prng.json');
    const random = new SplitMix();
    random.seed(0, 42);
    for (const { op, bound, value } of draws) {
      if (op === 'nextInt') expect(random.nextInt()).toBe(value);
      else if (op === 'bounded') expect(random.below(bound as number)).toBe(value);
      else if (op === 'nextDouble') expect(random.unit()).toBe(value);
      else random.unit(); // the same draw as 64 bits
    }
  });

  const { digests } = golden<{ digests: readonly { config: Partial<NexmarkOptions> & { numEvents: number }; sha256: string }[] }>('digests.json');
  it.each(digests.map((entry) => [JSON.stringify(entry.config), entry] as const))('makes every byte of the golden stream for %s', (_name, { config, sha256 }) => {
    const { numEvents, ...options } = config;
    const generator = new NexmarkGenerator(options);
    const hash = createHash('sha256');
    for (let k = 0; k < numEvents; k++) hash.update(`${eventText(generator.event(k))}\n`);
    expect(hash.digest('hex')).toBe(sha256);
  });
});
