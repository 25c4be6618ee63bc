import { ByteReader, ByteWriter } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import { RecordShapeError, types, type TypeInformation } from '../src/index.js';

function refusal(type: TypeInformation<unknown>, value: unknown): string {
  const messages = [
    (out: ByteWriter) => type.createSerializer().serialize(value, out),
    (out: ByteWriter) => type.createColumnarCodec().encode([value], 1, out),
  ].map((write) => {
    const out = new ByteWriter();
    out.u8(7);
    let message = 'accepted';
    try {
      write(out);
    } catch (error) {
      if (!(error instanceof RecordShapeError)) throw error;
      expect(error.code).toBe('WEIR_RECORD_SHAPE');
      message = error.message;
    }
    if (message !== 'accepted') expect(out.length).toBe(1);
    return message;
  });
  expect(messages[1]).toBe(messages[0]);
  return messages[0];
}

const order = types.row({
  id: types.int,
  at: types.long,
  items: types.list(types.row({ name: types.string, price: types.double })),
  buyer: types.row({ city: types.nullable(types.string), tags: types.map(types.string, types.boolean) }),
  pair: types.tuple(types.int, types.bigint),
}) as TypeInformation<unknown>;
const good = {
  id: 1,
  at: 2 ** 40,
  items: [{ name: 'pen', price: 1.5 }],
  buyer: { city: null as string | null, tags: new Map<string, unknown>([['a', true]]) },
  pair: [1, 2n],
};

describe('a record of another shape', () => {
  it('is refused with the field, the declared type and what was found', () => {
    expect(refusal(order, good)).toBe('accepted');
    expect([
refusal(order, null),
refusal(order, 'text'),
refusal(order, { ...good, id: 1.5 }),
refusal(order, { ...good, id: 2 ** 31 }),
refusal(order, { ...good, id: undefined }),
refusal(order, { ...good, at: 2 ** 53 }),
refusal(order, { ...good, items: [good.items[0], { name: 'ink' }] }),
refusal(order, { ...good, items: {} }),
refusal(order, { ...good, buyer: null }),
refusal(order, { ...good, buyer: { city: 5, tags: new Map() } }),
refusal(order, { ...good, buyer: { city: 'Rome', tags: new Map([['x', 'yes']]) } }),
refusal(order, { ...good, pair: [1] }),
refusal(order, { ...good, pair: [1, 2] })]
).toMatchInlineSnapshot(`
[
  "record: expected an object, found null",
  "record: expected an object, found string "text"",
  "field id: expected a whole number of 32 bits, found number 1.5",
  "field id: expected a whole number of 32 bits, found number 2147483648",
  "field id: expected a whole number of 32 bits, found nothing",
  "field at: expected a safe whole number, found number 9007199254740992",
  "field items[1].price: expected a number, found nothing",
  "field items: expected an array, found object",
  "field buyer: expected an object, found null",
  "field buyer.city: expected a string, found number 5",
  "field buyer.tags{x}: expected a boolean, found string "yes"",
  "field pair: expected an array of 2, found array",
  "field pair[1]: expected a bigint, found number 2",
]
`);
  });

  it('names the class of an instance and shortens long strings', () => {
    class Flight {}
    expect(refusal(types.int, new Flight())).toBe('record: expected a whole number of 32 bits, found instance of Flight');
    expect(refusal(types.int, 'x'.repeat(99))).toBe(`record: expected a whole number of 32 bits, found string "${'x'.repeat(24)}..."`);
  });

  it('is refused as JSON or as any when nothing can hold it', () => {
    const document = types.row({ doc: types.json }) as TypeInformation<unknown>;
    expect(refusal(document, { doc: undefined })).toBe('field doc: expected a JSON value, found nothing');
    const serializer = types.any.createSerializer();
    expect(() => serializer.serialize(() => 1, new ByteWriter())).toThrow(expect.objectContaining({ code: 'WEIR_MESSAGE_REFUSED' }));
  });
});

describe('types', () => {
  it('have names, versions and key fitness', () => {
    expect(order.typeName).toBe(
      'row<id:int,at:long,items:list<row<name:string,price:double>>,' +
        'buyer:row<city:nullable<string>,tags:map<string,boolean>>,pair:tuple<int,bigint>>',
    );
    expect(order.isKeyType).toBe(false);
    expect(types.tuple(types.int, types.string).isKeyType).toBe(true);
    const second = types.versioned(order, 2);
    expect([order.typeVersion, second.typeVersion]).toEqual([1, 2]);
    expect(second.describe()).toMatchObject({ kind: 'row', version: 2 });
    expect(() => types.versioned(order, 0)).toThrow(expect.objectContaining({ code: 'WEIR_TYPE_INVALID' }));
  });

  it('do not run text of field names and refuse the one that is no field', () => {
    const names = ['"];throw 1;//', '`${x}`', '\\', '\n', '*/', 'constructor'];
    const type = types.row(Object.fromEntries(names.map((name) => [name, types.int])));
    const value = Object.fromEntries(names.map((name, i) => [name, i]));
    const out = new ByteWriter();
    type.createSerializer().serialize(value, out);
    expect(type.createSerializer().deserialize(new ByteReader(out.toBytes()))).toStrictEqual(value);
    expect(() => types.row({ ['__proto__']: types.int })).toThrow(expect.objectContaining({ code: 'WEIR_TYPE_INVALID' }));
  });

  it('take foreign implementations as parts', () => {
    const celsius: TypeInformation<number> = {
      typeName: 'celsius',
      typeVersion: 1,
      isKeyType: false,
      createSerializer: () => types.double.createSerializer(),
      createColumnarCodec: () => types.double.createColumnarCodec(),
      describe: () => types.double.describe(),
    };
    const type = types.row({ at: types.long, temperature: celsius });
    const out = new ByteWriter();
    type.createColumnarCodec().encode([{ at: 1, temperature: 21.5 }], 1, out);
    const into: unknown[] = [];
    type.createColumnarCodec().decode(new ByteReader(out.toBytes()), into as never[]);
    expect(into).toStrictEqual([{ at: 1, temperature: 21.5 }]);
  });

  it('count values of type any, once told with the field', () => {
    const serializer = types.row({ id: types.int, extra: types.any }).createSerializer();
    const reasons: string[] = [];
    serializer.onFirstFallback = (reason) => reasons.push(reason);
    for (let id = 0; id < 3; id++) serializer.serialize({ id, extra: new Set([id]) }, new ByteWriter());
    expect(serializer.fallbackCount).toBe(3);
    expect(reasons).toEqual(['field extra is of type any']);
  });
});
