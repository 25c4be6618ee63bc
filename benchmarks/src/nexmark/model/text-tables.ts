/** What is drawn once per seed: the pool that `extra` fields are cut from, and the channels with their URLs. Shared by all generators of a process. */
import { initialState, SplitMix } from './split-mix.js';

export const POOL_LENGTH = 1_048_576;
const CHANNELS = 10_000;
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];

export interface TextTables {
  readonly pool: string;
  readonly hotChannels: readonly string[];
  readonly hotUrls: readonly string[];
  readonly channels: readonly string[];
  readonly urls: readonly string[];
}

const tables = new Map<number, TextTables>();

export function textTables(seed: number): TextTables {
  let known = tables.get(seed);
  if (known === undefined) tables.set(seed, (known = { pool: makePool(seed), ...makeChannels(seed) }));
  return known;
}

const scratch = Buffer.allocUnsafe(128);
const BLANK = 32;
const UNDERSCORE = 95;

/** Letters with `special` between them; blanks at its ends are cut off. At most 128 characters. */
export function drawText(random: SplitMix, max: number, special = BLANK): string {
  const length = 3 + random.below(max - 3);
  for (let i = 0; i < length; i++) scratch[i] = random.below(13) === 0 ? special : 97 + random.below(26);
  let first = 0;
  let end = length;
  while (end > first && scratch[end - 1] === BLANK) end--;
  while (first < end && scratch[first] === BLANK) first++;
  return scratch.toString('latin1', first, end);
}

function makePool(seed: number): string {
  const { high, low } = initialState(seed, -1, true);
  const random = new SplitMix();
  random.seed(high, low);
  const bytes = Buffer.allocUnsafe(POOL_LENGTH);
  for (let at = 0; at < POOL_LENGTH;) {
    let x = random.nextInt() & 0x7fffffff;
    for (let i = 0; i < 6 && at < POOL_LENGTH; i++) {
      bytes[at++] = 97 + (x % 26);
      x = Math.floor(x / 26);
    }
  }
  return bytes.toString('latin1');
}

function makeChannels(seed: number): Omit<TextTables, 'pool'> {
  const { high, low } = initialState(seed, 0, true);
  const random = new SplitMix();
  random.seed(high, low);
  const url = (): string => `https://www.nexmark.com/${drawText(random, 5, UNDERSCORE)}/${drawText(random, 5, UNDERSCORE)}/${drawText(random, 5, UNDERSCORE)}/item.htm?query=1`;
  const hotUrls = HOT_CHANNELS.map(url);
  const urls: string[] = [];
  for (let i = 0; i < CHANNELS; i++) {
    const plain = url();
    urls.push(random.below(10) > 0 ? `${plain}&channel_id=${Math.abs(reverseBits(i))}` : plain);
  }
  return { hotChannels: HOT_CHANNELS, hotUrls, channels: Array.from({ length: CHANNELS }, (_, i) => `channel-${i}`), urls };
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed = (reversed << 1) | ((value >>> i) & 1);
  return reversed | 0;
}
