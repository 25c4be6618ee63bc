import { describe, expect, it } from '@jest/globals';
import {
  configOption,
  Configuration,
  type ConfigOption,
  nearestName,
  parseDurationMs,
  parseSizeBytes,
  validateConfiguration,
} from '../src/index.js';

const interval = configOption.durationMs('execution.checkpointing.interval', 10_000, 'Time between checkpoints.');
const mode = configOption.oneOf('execution.checkpointing.mode', ['exactly_once', 'at_least_once'], 'exactly_once', 'Guarantee.');
const slots = configOption.integer('taskmanager.numberOfTaskSlots', 1, 'Slots.');
const unaligned = configOption.boolean('execution.checkpointing.unaligned', false, 'Unaligned.');
const memory = configOption.sizeBytes('state.cache', 1024, 'Bytes.');
const folder = configOption.string('state.folder', '', 'Folder.');
const all = [interval, mode, slots, unaligned, memory, folder] as unknown as ConfigOption<unknown>[];

describe('a configuration', () => {
  it('answers defaults, and the value with its origin once set; later origins win', () => {
    expect([Configuration.empty.get(interval), Configuration.empty.origin(interval.key)]).toEqual([10_000, 'default']);
    const file = Configuration.of({ [interval.key]: '5 s', [slots.key]: '4' }, 'file');
    const both = file.merge(Configuration.of({ [interval.key]: '2 min' }, 'command line'));
    expect([both.get(interval), both.origin(interval.key)]).toEqual([120_000, 'command line']);
    expect([both.get(slots), both.origin(slots.key)]).toEqual([4, 'file']);
    expect(file.get(interval)).toBe(5000);
    expect([both.has(slots.key), both.has(mode.key), both.keys()]).toEqual([true, false, [interval.key, slots.key]]);
    expect(both.toRecord()).toEqual({ [interval.key]: '2 min', [slots.key]: '4' });
  });

  it('gives back values set by a program', () => {
    const set = Configuration.empty.with(interval, 7).with(mode, 'at_least_once').with(unaligned, true).with(memory, 99).with(slots, -3);
    const values = [interval, mode, unaligned, memory, slots].map((option) => set.get(option as ConfigOption<unknown>));
    expect(values).toEqual([7, 'at_least_once', true, 99, -3]);
    expect(set.with(folder, '/x').get(folder)).toBe('/x');
    expect(() => validateConfiguration(set, all)).not.toThrow();
  });

  it.each([
    [interval, 'soon', 'execution.checkpointing.interval (from file): expected a duration such as "10 s" or "200 ms", got "soon"'],
    [mode, 'twice', 'execution.checkpointing.mode (from file): expected one of exactly_once, at_least_once, got "twice"'],
    [slots, '1.5', 'taskmanager.numberOfTaskSlots (from file): expected a whole number, got "1.5"'],
    [unaligned, 'yes', 'execution.checkpointing.unaligned (from file): expected true or false, got "yes"'],
    [memory, '3 xb', 'state.cache (from file): expected a size such as "64 mb", got "3 xb"'],
  ] as const)('names the key, the origin and what was expected for a bad value of %p', (option, value, message) => {
    const configuration = Configuration.of({ [option.key]: value }, 'file');
    const invalid = expect.objectContaining({ code: 'WEIR_CONFIG_INVALID', message });
    expect(() => configuration.get(option as ConfigOption<unknown>)).toThrow(invalid);
    expect(() => validateConfiguration(configuration, all)).toThrow(invalid);
  });

  it('refuses unknown keys and knows the nearest one', () => {
    const typo = Configuration.of({ 'execution.checkpointing.intervall': '1 s' }, 'environment');
    const near = expect.objectContaining({ hint: 'Did you mean execution.checkpointing.interval?' });
    expect(() => validateConfiguration(typo, all)).toThrow(near);
    const far = expect.objectContaining({ hint: 'Keys are listed in docs/configuration.md.' });
    expect(() => validateConfiguration(Configuration.of({ zzz: '' }, 'file'), all)).toThrow(far);
  });
});

describe('units', () => {
  it('of time are milliseconds unless told', () => {
    const milliseconds = [7, 200, 10_000, 1500, 300_000, 120_000, 3_600_000, 86_400_000];
    expect(['7', '200ms', '10 s', '1.5 sec', '5 min', '2m', '1 h', '1d'].map(parseDurationMs)).toEqual(milliseconds);
    expect(() => parseDurationMs('-1 s')).toThrow('expected a duration');
  });
  it('of size are powers of 1024', () => {
    expect(['7', '7 b', '1kb', '64 MB', '1.5k', '2 gb'].map(parseSizeBytes)).toEqual([7, 7, 1024, 67_108_864, 1536, 2_147_483_648]);
  });
});

describe('the nearest name', () => {
  it('is a likely slip or none', () => {
    expect(nearestName('mapp', ['map', 'filter'])).toBe('map');
    expect(nearestName('window', ['map', 'filter'])).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });
});
