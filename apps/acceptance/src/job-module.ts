/** Where the jobs of the acceptance tests lie: modules for `weir run`, never imported by the tests themselves. */
import { fileURLToPath } from 'node:url';

export type JobModuleName = 'faulty' | 'hourly-flights' | 'dead-letters' | 'without-uid' | 'many-lines' | 'unruly';

export function jobModule(name: JobModuleName): string {
  return fileURLToPath(new URL(`./jobs/${name}.ts`, import.meta.url));
}
