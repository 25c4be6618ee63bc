/** A small share of the fuzzers' campaign (`npm run chaos -- fuzz`), and findings of the past. */
import { describe, expect, it, jest } from '@jest/globals';
import { decoders } from '../src/fuzz/decoders.js';
import { fuzz, type FuzzTarget } from '../src/fuzz/fuzz.js';
import { fuzzTexts } from '../src/fuzz/texts.js';

jest.setTimeout(120_000);

/** It tells errors of `TextDecoder` by their class, and Jest's realm has other classes than Node: only the campaign can try it. */
const sameRealm = ({ name }: FuzzTarget): boolean => name !== 'leader record';

describe('given every decoder', () => {
  it('when what it reads is mutated / then it takes it or refuses it with a code', async () => {
    for (const target of (await decoders()).filter(sameRealm)) expect(fuzz(target, 1500, 1).findings).toEqual([]);
  });

  it('when a decoder throws what it should not / then the fuzzer finds it, with an input that repeats it', async () => {
    const [target] = await decoders();
    const broken = { ...target, decode: (bytes: Uint8Array): unknown => (bytes.length > 40 ? (undefined as unknown as { x: number }).x : target.decode(bytes)) };
    expect(fuzz(broken, 2000, 1).findings[0]).toMatch(/TypeError.*seed 1, input \d+: \S+/);
  });

  it('when keyed state has a head without states / then it is refused with a code', async () => {
    const target = (await decoders()).find(({ name }) => name === 'keyed state');
    const input = 'O4KndmVyc2lvbgGmc3RhdGUxkoKka2luZKV2YWx1ZaRuYW1lpWNvdW50gqRraW5kpGxpc3SkbmFtZaFsAAMAAAATAAAABQFhAQUDEQAAAAEFBQNjY2MBBQEDAAAAEwAAAAUBYQEFAxEAAAABBQUDY2NjAQU=';
    expect(() => target?.decode(Buffer.from(input, 'base64'))).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
  });
});

it('given command lines and configuration / when they are mutated / then they are taken or refused with a code', async () => {
  for (const { findings } of await fuzzTexts(4000, 1)) expect(findings).toEqual([]);
});
