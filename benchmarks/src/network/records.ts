/** Records of about 100 bytes: a dozen hot keys, two numbers, a text. */
export interface Reading {
  readonly id: number;
  readonly key: string;
  readonly at: number;
  readonly value: number;
  readonly text: string;
}

export const DISTINCT = 4096;

export function readings(): Reading[] {
  return Array.from({ length: DISTINCT }, (_, i) => ({
    id: i, key: `sensor-${(i * 7919) % 1000}`, at: 1_700_000_000_000 + i * 10, value: ((i * 31) % 997) / 4, text: `reading ${String(i).padStart(8, '0')} of the ${'x'.repeat(30)}`,
  }));
}
