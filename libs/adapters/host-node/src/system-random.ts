/** Randomness of the operating system, for ids that must not collide. Every stream is as unpredictable as the others. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '@weir/ports';

export class SystemRandom implements Random {
  next(): number {
    const bytes = randomBytes(8);
    return ((bytes.readUInt32LE(0) >>> 5) * 0x400_0000 + (bytes.readUInt32LE(4) >>> 6)) / 0x20_0000_0000_0000;
  }

  nextInt(bound: number): number {
    return bound <= 0xffff_ffff_ffff ? randomInt(bound) : Math.floor(this.next() * bound);
  }

  hex(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }

  stream(): Random {
    return this;
  }
}
