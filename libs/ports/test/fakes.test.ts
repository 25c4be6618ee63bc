import { describe, expect, it } from '@jest/globals';
import { InMemoryMeter, RecordingLogger } from '@weir/ports';

describe('InMemoryMeter', () => {
  it('reads live values with the labels of all scopes, and forgets closed groups', () => {
    const meter = new InMemoryMeter();
    let records = 1;
    const task = meter.root().group({ job: 'j' }).group({ task: 't' });
    task.observe('numRecordsIn', 'counter', () => records);
    records = 5;
    expect(meter.collect()).toEqual([{ name: 'numRecordsIn', kind: 'counter', labels: { job: 'j', task: 't' }, value: 5 }]);
    expect(meter.value('numRecordsIn', { task: 't' })).toBe(5);
    task.close();
    expect(meter.collect()).toEqual([]);
  });
});

describe('RecordingLogger', () => {
  it('keeps entries of children with their fields', () => {
    const logger = new RecordingLogger();
    logger.child({ job: 'j' }).log('warn', 'slow', { ms: 3 });
    expect(logger.entries).toEqual([{ level: 'warn', message: 'slow', fields: { job: 'j', ms: 3 } }]);
    expect(logger.messages('warn')).toEqual(['slow']);
  });
});
