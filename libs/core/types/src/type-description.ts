/** Types from their descriptions, as found in snapshots and job graphs. Descriptions come from outside and are checked. */
import { list, map, nullable, row, tuple } from './composite-types.js';
import { InvalidTypeError, nameOfValue } from './errors.js';
import { GeneratedType } from './generated-type.js';
import { InferredType, widened } from './inferred-shape.js';
import type { TypeDescription, TypeInformation } from './type-information.js';
import { types } from './types.js';

const DEPTH_MAX = 64;

const SCALARS: ReadonlyMap<string, TypeInformation<unknown>> = new Map<string, TypeInformation<unknown>>(
  [types.int, types.long, types.double, types.boolean, types.string, types.bigint, types.bytes, types.date, types.json, types.any].map(
    (type) => [type.typeName, type as TypeInformation<unknown>],
  ),
);

/** The type that `describe()` described: it reads and writes the same bytes. Throws `WEIR_TYPE_INVALID`. */
export function typeFromDescription(description: TypeDescription): TypeInformation<unknown> {
  return build(description, 'type', 0);
}

function build(description: unknown, path: string, depth: number): TypeInformation<unknown> {
  if (depth > DEPTH_MAX) throw new InvalidTypeError(`${path}: nested deeper than ${DEPTH_MAX}`);
  const parts = objectAt(description, path);
  const type = buildKind(parts, path, depth);
  if (parts.version === undefined) return type;
  if (typeof parts.version === 'number') return types.versioned(type, parts.version);
  throw new InvalidTypeError(`${path}.version: expected a number, found ${nameOfValue(parts.version)}`);
}

function buildKind(parts: Readonly<Record<string, unknown>>, path: string, depth: number): TypeInformation<unknown> {
  const part = (name: string): TypeInformation<unknown> => build(parts[name], `${path}.${name}`, depth + 1);
  switch (parts.kind) {
    case 'nullable':
      return nullable(part('of')) as TypeInformation<unknown>;
    case 'list':
      return list(part('of')) as TypeInformation<unknown>;
    case 'map':
      return map(part('key'), part('value')) as TypeInformation<unknown>;
    case 'tuple':
      return tuple(
        ...arrayAt(parts.elements, `${path}.elements`).map((element, i) => build(element, `${path}.elements[${i}]`, depth + 1)),
      ) as TypeInformation<unknown>;
    case 'row': {
      const fields: Record<string, TypeInformation<unknown>> = {};
      arrayAt(parts.fields, `${path}.fields`).forEach((entry, i) => {
        const at = `${path}.fields[${i}]`;
        const { name, type } = objectAt(entry, at);
        if (typeof name !== 'string') throw new InvalidTypeError(`${at}.name: expected a string, found ${nameOfValue(name)}`);
        if (name === '__proto__' || Object.hasOwn(fields, name)) {
          throw new InvalidTypeError(`${at}.name: ${JSON.stringify(name)} is there twice or refused`);
        }
        fields[name] = build(type, `${at}.type`, depth + 1);
      });
      return row(fields) as TypeInformation<unknown>;
    }
    case 'inferred': {
      const shape = part('shape');
      if (!(shape instanceof GeneratedType)) throw new InvalidTypeError(`${path}.shape: an inferred type in an inferred type`);
      return new InferredType(shape, build(widened(shape.describe()), `${path}.shape`, depth + 1) as GeneratedType<unknown>);
    }
    default: {
      const type = typeof parts.kind === 'string' ? SCALARS.get(parts.kind) : undefined;
      if (type === undefined) throw new InvalidTypeError(`${path}.kind: unknown kind ${nameOfValue(parts.kind)}`);
      return type;
    }
  }
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new InvalidTypeError(`${path}: expected an object, found ${nameOfValue(value)}`);
  return value as Readonly<Record<string, unknown>>;
}

function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidTypeError(`${path}: expected an array, found ${nameOfValue(value)}`);
  return value;
}
