import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { configurationOf, jobOptions, knownOptions, type ConfigurationRequest } from '../src/configuration.js';
import { renderConfigurationDocs } from '../src/configuration-docs.js';
import { environmentConfiguration, environmentOf, environmentVariable, RESERVED_VARIABLES } from '../src/configuration-environment.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (request: Partial<ConfigurationRequest>, environment: Record<string, string> = {}): Promise<Configuration> =>
  configurationOf({ definitions: {}, configFile: undefined, ...request }, { environment, workingDirectory: folder });

describe('the configuration of a command', () => {
  it('is checked against every option, with the nearest key', async () => {
    await expect(read({ definitions: { 'paralelism.default': '2' } })).rejects.toMatchObject({ code: 'WEIR_CONFIG_INVALID', hint: 'Did you mean parallelism.default?' });
    await expect(read({ definitions: { 'execution.checkpointing.interval': 'soon' } })).rejects.toMatchObject(
      { code: 'WEIR_CONFIG_INVALID', message: expect.stringContaining('(from command line)') },
    );
    await expect(read({}, { WEIR_REST_PORT: 'many' })).rejects.toMatchObject({ code: 'WEIR_CONFIG_INVALID', message: expect.stringContaining('(from environment)') });
  });

  it('takes -p as the default parallelism, over -D', async () => {
    expect((await read({ definitions: { 'parallelism.default': '2' }, parallelism: 3 })).toRecord()).toEqual({ 'parallelism.default': '3' });
  });

  it('given file, environment and command line / then the later ones win, and each value knows where it comes from', async () => {
    writeFileSync(join(folder, 'weir.yaml'), 'rest:\n  port: 1\n  address: 0.0.0.0\nparallelism.default: 4\nnats:\n  servers: [nats://a, nats://b]\n');
    const configuration = await read({ configFile: 'weir.yaml', definitions: { 'rest.port': '3' } }, { WEIR_REST_PORT: '2', WEIR_PARALLELISM_DEFAULT: '5', WEIR_SERVICE_HOST: 'kubernetes says so' });
    expect(configuration.keys().map((key) => [key, configuration.toRecord()[key], configuration.origin(key)])).toEqual([
      ['nats.servers', 'nats://a,nats://b', 'file'], ['parallelism.default', '5', 'environment'], ['rest.address', '0.0.0.0', 'file'], ['rest.port', '3', 'command line'],
    ]);
    expect((await read({}, { WEIR_CONF: join(folder, 'weir.yaml') })).origin('rest.port')).toBe('file');
  });

  it.each([
    ['broken', 'a: [1\nb: 2\n', 'broken.yaml:2:1'],
    ['list', '- 1\n', 'list.yaml:1:1 expected keys and values'],
    ['twice', 'rest.port: 1\nrest:\n  port: 2\n', 'twice.yaml:3:9 rest.port is set twice'],
  ])('given a file that is %s / then it is refused with line and column', async (name, text, message) => {
    writeFileSync(join(folder, `${name}.yaml`), text);
    await expect(read({ configFile: `${name}.yaml` })).rejects.toMatchObject({ code: 'WEIR_CONFIG_FILE_INVALID', message: expect.stringContaining(message) });
  });

  it('given no such file / then it says so', async () => {
    await expect(read({ configFile: 'nowhere.yaml' })).rejects.toMatchObject({ code: 'WEIR_CONFIG_FILE_INVALID', message: 'there is no configuration file nowhere.yaml' });
  });

  it('knows every option that is defined in the sources', () => {
    const libs = fileURLToPath(new URL('../../../libs', import.meta.url));
    const files = readdirSync(libs, { recursive: true, encoding: 'utf8' }).filter((path) => /\/src\/[^.]*\.ts$/.test(path) && !path.includes('node_modules'));
    const defined = files.flatMap((file) => [...readFileSync(join(libs, file), 'utf8').matchAll(/(?:configOption\.\w+|\w+Option)\(\s*'([^']+)',/g)].map(([, key]) => key));
    expect(defined.length).toBeGreaterThan(50);
    expect(defined.filter((key) => !knownOptions().some((option) => option.key === key))).toEqual([]);
  });

  it('knows each key once, and each by a variable of its own', () => {
    const keys = knownOptions().map((option) => option.key);
    expect(keys).toEqual([...new Set(keys)]);
    const variables = [...keys.map(environmentVariable), ...RESERVED_VARIABLES];
    expect(variables).toEqual([...new Set(variables)]);
    expect(environmentVariable('taskmanager.numberOfTaskSlots')).toBe('WEIR_TASKMANAGER_NUMBEROFTASKSLOTS');
  });

  it('goes to another process by its environment, whole', () => {
    const configuration = Configuration.of({ 'rest.port': '1', 'cluster.id': 'x' }, 'command line');
    const variables = environmentOf(configuration, { PATH: '/bin', WEIR_REST_PORT: '9', WEIR_CONF: 'weir.yaml', WEIR_NATS_SERVERS: 'old' }, knownOptions());
    expect(variables).toEqual({ PATH: '/bin', WEIR_REST_PORT: '1', WEIR_CLUSTER_ID: 'x' });
    expect(environmentConfiguration(variables, knownOptions()).toRecord()).toEqual(configuration.toRecord());
  });

  it('tells a job\'s options from those of processes', () => {
    const keys = jobOptions().map(({ key }) => key);
    expect(keys).toContain('parallelism.default');
    expect(keys).not.toContain('rest.port');
  });
});

it('docs/configuration.md lists the options as they are (else run tools/scripts/config-docs.mjs)', () => {
  expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(renderConfigurationDocs());
});
