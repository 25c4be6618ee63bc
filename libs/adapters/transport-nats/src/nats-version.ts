/** Versions of nats-server. */

/** The oldest server that has all that Weir needs. */
export const OLDEST_SERVER = '2.9.0';

/** Compares `major.minor.patch`, ignoring what follows; false when a version cannot be read. */
export function isAtLeast(found: string, wanted: string): boolean {
  const parse = (version: string): number[] => (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1) ?? []).map(Number);
  const [a, b] = [parse(found), parse(wanted)];
  if (a.length === 0) return false;
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
}
