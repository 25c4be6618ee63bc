/** An oracle that shared code with the engine would share its mistakes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const source = fileURLToPath(new URL('../src', import.meta.url));

it.each(['oracles', 'input'])('no file of %s imports anything but Node and its like', (folder) => {
  const files = readdirSync(join(source, folder)).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const imports = [...readFileSync(join(source, folder, file), 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gms)].map(([, from]) => from);
    expect(imports.filter((from) => !/^(node:|@duckdb\/|\.\/|\.\.\/(input|oracles)\/)/.test(from)).map((from) => `${file} imports ${from}`)).toEqual([]);
  }
});
