/**
 * A generator cuts its positions into one run per reader. With this between, reader r of n makes the events r, r + n, r + 2n, … instead: all readers are at about the same event
 * time, as partitions of a log are, and as the suite's generators of Nexmark are.
 */
export function interleaved<T>(make: (event: number) => T, events: number, readers: number): (position: number) => T {
  if (readers === 1) return make;
  const length = Math.floor(events / readers);
  const longer = events % readers;
  const starts = Array.from({ length: readers }, (_, reader) => reader * length + Math.min(reader, longer));
  return (position) => {
    let reader = readers - 1;
    while (position < starts[reader]) reader--;
    return make((position - starts[reader]) * readers + reader);
  };
}
