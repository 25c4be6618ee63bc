/** The types with parts: nullable, list, map, row, tuple. Their code is the code of their parts, printed in place. */
import { type ByteReader, MalformedBytesError } from '@weir/base';
import { InvalidTypeError } from './errors.js';
import { asGenerated, GeneratedType, type TypeCode } from './generated-type.js';
import type { SourceText } from './source-text.js';
import type { Infer, TypeInformation } from './type-information.js';

/** `of` or null. */
export function nullable<T>(of: TypeInformation<T>): GeneratedType<T | null> {
  const part = asGenerated(of);
  const { code } = part;
  return new GeneratedType<T | null>(
    `nullable<${of.typeName}>`,
    of.isKeyType,
    {
      column: 'nullable',
      write: (s, v, path) => `if(${v}===null)out.u8(0);else{out.u8(1);${code.write(s, v, path)}}`,
      read: (s, target) => `if(reader.u8()===0)${target}=null;else{${code.read(s, target)}}`,
      copy: (s, v) => `(${v}===null?null:${code.copy(s, v)})`,
      fit: (s, v) => `if(${v}!==null){${code.fit(s, v)}}`,
    },
    { kind: 'nullable', of: of.describe() },
    1,
    [{ name: '', type: part as GeneratedType<unknown> }],
  );
}

/** Arrays of `of`. */
export function list<T>(of: TypeInformation<T>): GeneratedType<T[]> {
  const { code } = asGenerated(of);
  /** Runs `body` for each element, in the variable it is given. */
  const each = (s: SourceText, v: string, body: (element: string, index: string) => string): string => {
    const index = s.name('i');
    const element = s.name('e');
    return `for(let ${index}=0;${index}<${v}.length;${index}++){const ${element}=${v}[${index}];${body(element, index)}}`;
  };
  const elementPath = (path: string, index: string): string => `${path}+'['+${index}+']'`;
  const isList = (s: SourceText, v: string, path: string): string => `if(!Array.isArray(${v}))${s.refuse(path, 'an array', v)};`;
  return new GeneratedType<T[]>(
    `list<${of.typeName}>`,
    of.isKeyType,
    {
      column: 'blob',
      write: (s, v, path) =>
        `${isList(s, v, path)}out.varint(${v}.length);${each(s, v, (e, i) => code.write(s, e, elementPath(path, i)))}`,
      read: (s, target) => {
        const [array, left, element] = [s.name('a'), s.name('n'), s.name('e')];
        const step = `let ${element};${code.read(s, element)}${array}.push(${element});`;
        return `const ${array}=[];for(let ${left}=${s.bind(readCount)}(reader);${left}>0;${left}--){${step}}${target}=${array};`;
      },
      copy: (s, v) => {
        const element = s.name('e');
        return `Array.from(${v},(${element})=>${code.copy(s, element)})`;
      },
      fit: (s, v) => `if(!Array.isArray(${v}))return 2;${each(s, v, (e) => code.fit(s, e))}`,
    },
    { kind: 'list', of: of.describe() },
  );
}

/** Maps, in their order of insertion. */
export function map<K, V>(key: TypeInformation<K>, value: TypeInformation<V>): GeneratedType<Map<K, V>> {
  const keyCode = asGenerated(key).code;
  const valueCode = asGenerated(value).code;
  const each = (s: SourceText, v: string, body: (key: string, value: string) => string): string => {
    const [k, e] = [s.name('k'), s.name('e')];
    return `for(const [${k},${e}] of ${v}){${body(k, e)}}`;
  };
  const keyPath = (path: string): string => `${path}+'{key}'`;
  const valuePath = (path: string, k: string): string => `${path}+'{'+String(${k})+'}'`;
  const isMap = (s: SourceText, v: string, path: string): string => `if(!(${v} instanceof Map))${s.refuse(path, 'a Map', v)};`;
  return new GeneratedType<Map<K, V>>(
    `map<${key.typeName},${value.typeName}>`,
    false,
    {
      column: 'blob',
      write: (s, v, path) =>
        `${isMap(s, v, path)}out.varint(${v}.size);` +
        each(s, v, (k, e) => keyCode.write(s, k, keyPath(path)) + valueCode.write(s, e, valuePath(path, k))),
      read: (s, target) => {
        const [entries, left, k, e] = [s.name('m'), s.name('n'), s.name('k'), s.name('e')];
        const step = `let ${k},${e};${keyCode.read(s, k)}${valueCode.read(s, e)}${entries}.set(${k},${e});`;
        return `const ${entries}=new Map();for(let ${left}=${s.bind(readCount)}(reader);${left}>0;${left}--){${step}}${target}=${entries};`;
      },
      copy: (s, v) => {
        const [k, e] = [s.name('k'), s.name('e')];
        return `new Map(Array.from(${v},([${k},${e}])=>[${keyCode.copy(s, k)},${valueCode.copy(s, e)}]))`;
      },
      fit: (s, v) => `if(!(${v} instanceof Map))return 2;${each(s, v, (k, e) => keyCode.fit(s, k) + valueCode.fit(s, e))}`,
    },
    { kind: 'map', key: key.describe(), value: value.describe() },
  );
}

export type RowFields = Readonly<Record<string, TypeInformation<unknown>>>;
/** The record that a row type holds. */
export type RowOf<F extends RowFields> = { [Name in keyof F]: Infer<F[Name]> };

/**
 * Records with these fields; decoded ones have exactly these, in this order, in one hidden class. Other fields of a record do not travel.
 * Throws `WEIR_TYPE_INVALID` for a field named `__proto__`.
 */
export function row<F extends RowFields>(fields: F): GeneratedType<RowOf<F>> {
  const parts = Object.keys(fields).map((name) => ({ name, type: asGenerated(fields[name]) }));
  if (parts.some((part) => part.name === '__proto__') || Object.getPrototypeOf(fields) !== Object.prototype) {
    throw new InvalidTypeError('a row cannot have a field named __proto__', 'Rename the field.');
  }
  const members = parts.map(({ name, type }) => ({ name, access: JSON.stringify(name), code: type.code }));
  const isObject = (s: SourceText, v: string, path: string): string =>
    `if(typeof ${v}!=='object'||${v}===null)${s.refuse(path, 'an object', v)};`;
  const each = (s: SourceText, v: string, body: (member: (typeof members)[number], field: string) => string): string =>
    members
      .map((member) => {
        const field = s.name('f');
        return `const ${field}=${v}[${member.access}];${body(member, field)}`;
      })
      .join('');
  const fieldPath = (path: string, name: string): string => (path === '""' ? '' : `${path}+`) + JSON.stringify(`.${name}`);
  return new GeneratedType<RowOf<F>>(
    `row<${parts.map(({ name, type }) => `${name}:${type.typeName}`).join(',')}>`,
    parts.every(({ type }) => type.isKeyType),
    {
      column: parts.length === 0 ? 'blob' : 'row',
      write: (s, v, path) =>
        isObject(s, v, path) +
        (parts.length === 0 ? 'out.u8(0);' : each(s, v, ({ name, code }, f) => code.write(s, f, fieldPath(path, name)))),
      read: (s, target) => {
        const read = members.map(({ code }) => {
          const field = s.name('f');
          return { field, text: `let ${field};${code.read(s, field)}` };
        });
        const literal = members.map(({ access }, i) => `${access}:${read[i].field}`).join(',');
        return `${parts.length === 0 ? 'reader.u8();' : read.map((r) => r.text).join('')}${target}={${literal}};`;
      },
      copy: (s, v) => `({${members.map(({ access, code }) => `${access}:${code.copy(s, `${v}[${access}]`)}`).join(',')}})`,
      fit: (s, v) =>
        `if(typeof ${v}!=='object'||${v}===null||${s.bind(isPlainOfSize)}(${v},${parts.length})===false)return 2;` +
        each(s, v, ({ access, code }, f) => `if(${f}===undefined&&!Object.hasOwn(${v},${access}))return 2;${code.fit(s, f)}`),
    },
    { kind: 'row', fields: parts.map(({ name, type }) => ({ name, type: type.describe() })) },
    1,
    parts,
  );
}

/** The array that a tuple type holds. */
export type TupleOf<P extends readonly TypeInformation<unknown>[]> = { -readonly [I in keyof P]: Infer<P[I]> };

/** Arrays of fixed length with a type for each place. */
export function tuple<const P extends readonly TypeInformation<unknown>[]>(...elements: P): GeneratedType<TupleOf<P>> {
  const codes = elements.map((element) => asGenerated(element).code);
  const expected = `an array of ${elements.length}`;
  const misfit = (v: string): string => `!Array.isArray(${v})||${v}.length!==${elements.length}`;
  const each = (s: SourceText, v: string, body: (code: TypeCode, element: string, index: number) => string): string =>
    codes
      .map((code, index) => {
        const element = s.name('e');
        return `const ${element}=${v}[${index}];${body(code, element, index)}`;
      })
      .join('');
  const elementPath = (path: string, index: number): string => `${path}+'[${index}]'`;
  const isTuple = (s: SourceText, v: string, path: string): string => `if(${misfit(v)})${s.refuse(path, expected, v)};`;
  return new GeneratedType<TupleOf<P>>(
    `tuple<${elements.map((element) => element.typeName).join(',')}>`,
    elements.every((element) => element.isKeyType),
    {
      column: 'blob',
      write: (s, v, path) =>
        isTuple(s, v, path) + (codes.length === 0 ? 'out.u8(0);' : each(s, v, (code, e, i) => code.write(s, e, elementPath(path, i)))),
      read: (s, target) => {
        const names = codes.map(() => s.name('e'));
        const reads = codes.map((code, i) => `let ${names[i]};${code.read(s, names[i])}`).join('');
        return `${codes.length === 0 ? 'reader.u8();' : reads}${target}=[${names.join(',')}];`;
      },
      copy: (s, v) => `[${codes.map((code, i) => code.copy(s, `${v}[${i}]`)).join(',')}]`,
      fit: (s, v) => `if(${misfit(v)})return 2;${each(s, v, (code, e) => code.fit(s, e))}`,
    },
    { kind: 'tuple', elements: elements.map((element) => element.describe()) },
  );
}

/** Every element takes at least one byte, so an announced count beyond what is left is damage, found before anything is allocated. */
export function readCount(reader: ByteReader): number {
  const count = reader.varint();
  if (count > reader.remaining) {
    throw new MalformedBytesError(`${count} elements announced at offset ${reader.offset}, ${reader.remaining} bytes left`);
  }
  return count;
}

/** An ordinary object with exactly `size` enumerable fields. */
function isPlainOfSize(value: object, size: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return false;
  let count = 0;
  for (const name in value) if (name !== undefined) count++;
  return count === size;
}
