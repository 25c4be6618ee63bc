/** A campaign in several processes. Each asks for its next seed when it is done with one, so that none stands idle beside a slow one. */
import { spawn } from 'node:child_process';
import { add, noTotals, type Totals } from './campaign.js';

const ASKS = 'next';

/** Runs this program so often at once, with these arguments, until there are no seeds left. One that does not answer counts as one failure. */
export async function runInProcesses(count: number, args: readonly string[], nextSeed: () => number | undefined, print: (text: string) => void): Promise<Totals> {
  const totals = noTotals();
  const run = (): Promise<void> => new Promise((done) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let told = false;
    child.on('message', (message) => {
      if (message === ASKS) child.send({ seed: nextSeed() });
      else {
        told = true;
        add(totals, message as Totals);
      }
    });
    child.on('exit', (code, signal) => {
      if (!told) {
        totals.failures++;
        print(`FAILED    a process of the campaign ended with ${signal ?? code}`);
      }
      done();
    });
  });
  await Promise.all(Array.from({ length: count }, run));
  return totals;
}

/** In such a process: what it is given to do. */
export async function* seedsGiven(): AsyncGenerator<number> {
  for (;;) {
    const { seed } = await new Promise<{ readonly seed?: number }>((resolve) => {
      process.once('message', (message) => resolve(message as { readonly seed?: number }));
      process.send?.(ASKS);
    });
    if (seed === undefined) return;
    yield seed;
  }
}

/** When it is done. */
export function tellTotals(totals: Totals): void {
  process.send?.(totals);
  process.disconnect();
}
