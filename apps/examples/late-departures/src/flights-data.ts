/** Where the three million flights of the npm package vega-datasets lie. */
import { fileURLToPath } from 'node:url';

/** The package exports its code only; its data lies beside it: `build/index.js` -> `data/flights-3m.parquet`. */
export function flightsFile(): string {
  return fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));
}
