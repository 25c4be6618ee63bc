/**
 * Compiles a type into a codec of batches. Hot path: every exchanged record passes here (bench/codecs.mjs).
 *
 * Each scalar field is a column. Nested rows are flattened; a nullable is a bitmap and the column of the values that are there; everything
 * else is a blob of row encodings. The decoder lays views over the numeric columns and makes all records in one loop, by one literal.
 */
import { ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import { ColumnCursor, ColumnScratch } from './column-memory.js';
import type { GeneratedType } from './generated-type.js';
import { type FallbackCounter, SourceText } from './source-text.js';
import { readBytesColumn } from './bytes-column.js';
import { readStringColumn, StringColumnWriter } from './string-column.js';
import type { ColumnarCodec } from './type-information.js';

interface CodecFunctions<T> {
  encode(values: readonly T[], count: number, out: ByteWriter): void;
  decode(reader: ByteReader, into: T[]): number;
}

class GeneratedColumnarCodec<T> implements ColumnarCodec<T> {
  readonly encode: (values: readonly T[], count: number, out: ByteWriter) => void;
  readonly decode: (reader: ByteReader, into: T[]) => number;

  constructor(functions: CodecFunctions<T>, private readonly fallbacks: FallbackCounter) {
    this.encode = functions.encode;
    this.decode = functions.decode;
  }
  get fallbackCount(): number {
    return this.fallbacks.count;
  }
  get onFirstFallback(): ((reason: string) => void) | undefined {
    return this.fallbacks.onFirst;
  }
  set onFirstFallback(callback: ((reason: string) => void) | undefined) {
    this.fallbacks.onFirst = callback;
  }
}

export function generateColumnarCodec<T>(type: GeneratedType<T>): ColumnarCodec<T> {
  const source = new SourceText();
  const scratch = source.bind(new ColumnScratch());
  const cursor = source.bind(new ColumnCursor());
  const root = type as GeneratedType<unknown>;
  const decoder = decodeColumn(source, cursor, root, 'n');
  const element = decoder.element('i');
  const columns = encodeColumn(source, scratch, root, { array: 'values', access: '', count: 'n', path: '' });
  const body = `return {
    encode(values,n,out){${scratch}.begin(n);${columns}${scratch}.end(out);},
    decode(reader,into){const n=${cursor}.begin(reader);${decoder.setup}${cursor}.end();
      for(let i=0;i<n;i++){${element.statements}into[i]=${element.value};}return n;}
  };`;
  return new GeneratedColumnarCodec(source.compile<CodecFunctions<T>>(body), source.fallbacks);
}

/** Where the values of a column come from: `array[0..count)`, and there the field `access`. */
interface ColumnOrigin {
  readonly array: string;
  readonly access: string;
  readonly count: string;
  readonly path: string;
}

function encodeColumn(source: SourceText, scratch: string, type: GeneratedType<unknown>, origin: ColumnOrigin): string {
  const { code } = type;
  const path = JSON.stringify(origin.path);
  const value = source.name('v');
  const at = source.name('at');
  const { count } = origin;
  const each = (statements: string): string =>
    `for(let i=0;i<${count};i++){const ${value}=${origin.array}[i]${origin.access};${statements}}`;
  const checked = (statements: string): string => each(`${code.check?.(source, value, path) ?? ''}${statements}`);
  /** A column of `size` bytes a value: `numbers` is the view, and `shift` turns a position into its index. */
  const fixed = (size: number, numbers: string, shift: number, statements: string): string =>
    `{const z=${count}*${size},p=${scratch}.reserve(z),${at}=p>>${shift},d=${scratch}.${numbers};${statements}${scratch}.finish(p+z);}`;
  switch (code.column) {
    case 'int':
      return fixed(4, 'i32', 2, checked(`d[${at}+i]=${value};`));
    case 'long':
    case 'double':
    case 'date': {
      const number = code.column === 'date' ? `${value}.getTime()` : code.column === 'long' ? `${value}+0` : value;
      return fixed(8, 'f64', 3, checked(`d[${at}+i]=${number};`));
    }
    case 'boolean':
      return fixed(1, 'bytes', 0, checked(`d[${at}+i]=${value}?1:0;`));
    case 'string': {
      const writer = source.bind(new StringColumnWriter());
      return `{const d=${writer}.values;${checked(`d[i]=${value};`)}${writer}.write(${scratch},${count});}`;
    }
    case 'nullable': {
      const [present, presentCount] = [source.name('a'), source.name('n')];
      const part = { array: present, access: '', count: presentCount, path: origin.path };
      const inner = encodeColumn(source, scratch, type.parts[0].type, part);
      const gather = each(`if(${value}!==null){${present}[${presentCount}++]=${value};d[${at}+(i>>3)]|=1<<(i&7);}`);
      return `{const ${present}=[];let ${presentCount}=0;
        {const z=(${count}+7)>>3,${at}=${scratch}.reserve(z),d=${scratch}.bytes;
          d.fill(0,${at},${at}+z);${gather}${scratch}.finish(${at}+z);}
        ${inner}}`;
    }
    case 'row': {
      const isObject = `if(typeof ${value}!=='object'||${value}===null)${source.refuse(path, 'an object', value)};`;
      // Fields of the outermost record are read in place; those of nested ones from an array of the nested records.
      const nested = origin.access === '' ? origin.array : source.name('a');
      const gather = origin.access === '' ? each(isObject) : `const ${nested}=[];${each(`${isObject}${nested}[i]=${value};`)}`;
      const columns = type.parts.map((part) =>
        encodeColumn(source, scratch, part.type, {
          array: nested,
          access: `[${JSON.stringify(part.name)}]`,
          count,
          path: `${origin.path}.${part.name}`,
        }),
      );
      return `{${gather}${columns.join('')}}`;
    }
    case 'bytes':
    case 'blob': {
      const writer = source.bind(new ByteWriter());
      return `{const out=${writer};out.reset();${each(code.write(source, value, path))}${scratch}.blob(out.view8());}`;
    }
  }
}

interface ColumnDecoder {
  /** Statements before the loop: lay the views. */
  readonly setup: string;
  /** Statements and expression, in the loop, of the value at the index variable. Used once. */
  element(index: string): { readonly statements: string; readonly value: string };
}

function decodeColumn(source: SourceText, cursor: string, type: GeneratedType<unknown>, count: string): ColumnDecoder {
  const column = source.name('c');
  const simple = (setup: string, value: (index: string) => string): ColumnDecoder => ({
    setup,
    element: (index) => ({ statements: '', value: value(index) }),
  });
  const indexed = (index: string): string => `${column}[${index}]`;
  const numeric = `const ${column}=${cursor}.float64(${count});`;
  switch (type.code.column) {
    case 'int':
      return simple(`const ${column}=${cursor}.int32(${count});${cursor}.finishColumn();`, indexed);
    case 'double':
      return simple(numeric, indexed);
    case 'long':
      return simple(`${numeric}${source.bind(checkLongs)}(${column},${count});`, indexed);
    case 'date':
      return simple(numeric, (index) => `new Date(${column}[${index}])`);
    case 'boolean':
      return simple(`const ${column}=${cursor}.take(${count});${cursor}.finishColumn();`, (index) => `${column}[${index}]!==0`);
    case 'string':
      return simple(`const ${column}=[];${source.bind(readStringColumn)}(${cursor},${count},${column});`, indexed);
    case 'nullable': {
      const [present, next, value] = [source.name('n'), source.name('p'), source.name('v')];
      const inner = decodeColumn(source, cursor, type.parts[0].type, present);
      return {
        setup: `const ${column}=${cursor}.take((${count}+7)>>3);${cursor}.finishColumn();
          const ${present}=${source.bind(countBits)}(${column},${count});${inner.setup}let ${next}=0;`,
        element: (index) => {
          const part = inner.element(next);
          return {
            statements: `let ${value}=null;
              if((${column}[${index}>>3]&(1<<(${index}&7)))!==0){${part.statements}${value}=${part.value};${next}++;}`,
            value,
          };
        },
      };
    }
    case 'row': {
      const parts = type.parts.map((part) => ({ name: part.name, decoder: decodeColumn(source, cursor, part.type, count) }));
      return {
        setup: parts.map(({ decoder }) => decoder.setup).join(''),
        element: (index) => {
          const elements = parts.map(({ name, decoder }) => ({ name, ...decoder.element(index) }));
          return {
            statements: elements.map(({ statements }) => statements).join(''),
            value: `{${elements.map(({ name, value }) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
          };
        },
      };
    }
    case 'bytes':
      return simple(`const ${column}=[];${source.bind(readBytesColumn)}(${cursor}.blob(),${count},${column});`, indexed);
    case 'blob': {
      // Values are read before the loop, so that damage is found before anything reaches the caller.
      const read = `for(let i=0;i<${count};i++){let r;${type.code.read(source, 'r')}${column}.push(r);}`;
      const end = `if(reader.remaining!==0)${source.bind(refuseRest)}(reader.remaining);`;
      return simple(`const ${column}=[];{const reader=new ${source.bind(ByteReader)}(${cursor}.blob());${read}${end}}`, indexed);
    }
  }
}

function checkLongs(column: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    if (!Number.isSafeInteger(column[i])) throw new MalformedBytesError(`value ${i} of a column of whole numbers is ${column[i]}`);
  }
}

function countBits(bitmap: Uint8Array, count: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) bits += (bitmap[i >> 3] >> (i & 7)) & 1;
  return bits;
}

function refuseRest(bytes: number): never {
  throw new MalformedBytesError(`${bytes} bytes after the last value of a column`);
}
