import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commandLineConfiguration, knownOptions } from '../src/configuration.js';
import { renderConfigurationDocs } from '../src/configuration-docs.js';
import { configurationOf } from '../src/run-configuration.js';

describe('the configuration of a run', () => {
  it('is checked against every option, with the nearest key', () => {
    expect(() => commandLineConfiguration({ 'paralelism.default': '2' })).toThrow(
      expect.objectContaining({ code: 'WEIR_CONFIG_INVALID', hint: 'Did you mean parallelism.default?' }),
    );
    expect(() => commandLineConfiguration({ 'execution.checkpointing.interval': 'soon' })).toThrow(
      expect.objectContaining({ code: 'WEIR_CONFIG_INVALID', message: expect.stringContaining('(from command line)') }),
    );
  });

  it('takes -p as the default parallelism, over -D', () => {
    expect(configurationOf({ definitions: { 'parallelism.default': '2' }, parallelism: 3 }).toRecord()).toEqual({ 'parallelism.default': '3' });
  });

  it('knows each key once', () => {
    const keys = knownOptions().map((option) => option.key);
    expect(keys).toEqual([...new Set(keys)]);
  });
});

it('docs/configuration.md lists the options as they are (else run tools/scripts/config-docs.mjs)', () => {
  expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(renderConfigurationDocs());
});
