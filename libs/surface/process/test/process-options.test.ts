import { describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { natsOptions } from '../src/nats-options.js';
import { processName, processOptions, taskManagerOptions } from '../src/index.js';

const configuration = (values: Record<string, string>) => Configuration.of(values, 'command line');

describe('options of processes', () => {
  it('take names that can be the first word of a subject, and no others', () => {
    expect(configuration({ 'cluster.id': 'weir-2' }).get(processOptions.clusterId)).toBe('weir-2');
    for (const bad of ['Weir', 'a.b', 'a b', '', '-a']) {
      expect(() => configuration({ 'cluster.id': bad }).get(processOptions.clusterId)).toThrow(expect.objectContaining({ code: 'WEIR_CONFIG_INVALID' }));
    }
    expect(configuration({ 'taskmanager.id': '' }).get(taskManagerOptions.id)).toBe('');
  });

  it.each(['0', '-1', '1.5', 'many'])('refuse %s slots', (slots) => {
    expect(() => configuration({ 'taskmanager.numberOfTaskSlots': slots }).get(taskManagerOptions.slots)).toThrow(expect.objectContaining({ code: 'WEIR_CONFIG_INVALID' }));
  });

  it('draw a name of its own for a process without one', () => {
    expect(processName('tm-7', 'tm')).toBe('tm-7');
    expect(processName('', 'tm')).toMatch(/^tm-[0-9a-f]{8}$/);
  });
});

describe('the way to NATS', () => {
  it('has servers, and credentials and keys only where they are set', () => {
    expect(natsOptions(configuration({ 'nats.servers': ' nats://a:1, nats://b:2 ' }), 'tm-1')).toMatchObject({ servers: ['nats://a:1', 'nats://b:2'], cluster: 'weir', processName: 'tm-1' });
    expect(natsOptions(configuration({}), 'tm-1')).not.toHaveProperty('credentials');
    expect(natsOptions(configuration({ 'nats.user': 'u', 'nats.password': 'p', 'nats.tls.authority-file': 'ca.pem' }), 'tm-1')).toMatchObject({
      credentials: { user: 'u', password: 'p' }, tls: { authorityFile: 'ca.pem' },
    });
  });
});
