#!/usr/bin/env node
// Starts the CLI from its bundle. In the repository the bundle is rebuilt first when a source is newer.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = new URL('../scripts/bundle.mjs', import.meta.url);
if (existsSync(script)) {
  const { bundleIsFresh, bundle } = await import(script.href);
  if (!bundleIsFresh()) {
    await bundle().catch((failure) => {
      // esbuild has printed the places already.
      process.stderr.write(`error: Weir's own sources do not compile: ${failure.message.split('\n')[0]}\n`);
      process.exit(1); // nothing was started, and what follows loads the program
    });
  }
}
const main = new URL('../dist/bundle/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write(`error: ${fileURLToPath(main)} is missing\nhint: Install @weir/cli again.\n`);
  process.exit(1); // as above
}
const { runCli } = await import(main.href);
await runCli();
