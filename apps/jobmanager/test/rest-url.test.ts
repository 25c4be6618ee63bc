import { expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { restUrlOf } from '../src/rest-url.js';

const url = (settings: Record<string, string>): string => restUrlOf(Configuration.of({ 'rest.port': '9000', ...settings }, 'file'), () => 'host-7');

it.each([
  [{}, 'http://127.0.0.1:9000'],
  [{ 'rest.bind-address': '10.0.0.7' }, 'http://10.0.0.7:9000'],
  [{ 'rest.bind-address': '::1' }, 'http://[::1]:9000'],
  [{ 'rest.bind-address': '0.0.0.0' }, 'http://host-7:9000'],
  [{ 'rest.bind-address': '::' }, 'http://host-7:9000'],
  [{ 'rest.bind-address': '0.0.0.0', 'rest.address': 'jobmanager-1' }, 'http://jobmanager-1:9000'],
])('given %j / then others find the REST API at %s', (settings, expected) => {
  expect(url(settings)).toBe(expected);
});

it('given port 0 / then it is refused: nobody would find it', () => {
  expect(() => url({ 'rest.port': '0' })).toThrow(expect.objectContaining({ code: 'WEIR_CONFIG_INVALID' }));
});
