/** Writes TypeScript from the corrected document: one type per schema, one entry per operation. Output depends on the input alone. */
import { type Document, nameOf, type Operation, type Schema } from './schema.js';

const HEAD = [
  "// Generated from Flink's OpenAPI document (Apache License 2.0, Copyright The Apache Software Foundation) by openapi/generate.ts: do not edit.",
  '',
].join('\n');

export function writeSchemas(document: Document): string {
  const entries = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${HEAD}\n${entries.map(([name, schema]) => declaration(name, schema)).join('\n')}`;
}

function declaration(name: string, schema: Schema): string {
  if (schema.properties === undefined) return `export type ${name} = ${typeText(schema, '')};\n`;
  return `export interface ${name} ${typeText(schema, '')}\n`;
}

function typeText(schema: Schema, indent: string): string {
  const text = plainType(schema, indent);
  return schema.nullable === true ? `${text} | null` : text;
}

function plainType(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return nameOf(schema) as string;
  if (schema.allOf !== undefined) return schema.allOf.map((it) => typeText(it, indent)).join(' & ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((it) => typeText(it, indent)).join(' | ');
  if (schema.enum !== undefined) return schema.enum.map((it) => `'${it}'`).join(' | ');
  switch (schema.type) {
    case 'array': {
      const items = typeText(schema.items ?? {}, indent);
      return `readonly ${/[|&]/.test(items) ? `(${items})` : items}[]`;
    }
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
      return schema.type;
    default:
      return objectType(schema, indent);
  }
}

function objectType(schema: Schema, indent: string): string {
  if (schema.properties === undefined) {
    return `Readonly<Record<string, ${schema.additionalProperties === undefined ? 'unknown' : typeText(schema.additionalProperties, indent)}>>`;
  }
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties).map(([key, it]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`;
    return `${indent}  readonly ${name}${required.has(key) ? '' : '?'}: ${typeText(it, `${indent}  `)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

export function writeOperations(document: Document): string {
  const types: string[] = [];
  const values: string[] = [];
  const used = new Set<string>();
  for (const [path, item] of Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [method, operation] of Object.entries(item) as [string, Operation][]) {
      const [status, response] = Object.entries(operation.responses)[0];
      const answer = response.content?.['application/json']?.schema;
      const body = operation.requestBody?.content['application/json']?.schema;
      for (const schema of [answer, body]) collectNames(schema, used);
      types.push(
        `  readonly ${operation.operationId}: {`,
        `    readonly path: ${union(operation, 'path')};`,
        `    readonly query: ${union(operation, 'query')};`,
        `    readonly body: ${body === undefined ? 'Nothing' : typeText(body, '    ')};`,
        `    readonly response: ${answer === undefined ? 'Nothing' : typeText(answer, '    ')};`,
        '  };',
      );
      values.push(`  ${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}', status: ${status} },`);
    }
  }
  return [
    `${HEAD}`,
    `import type {\n${[...used].sort().map((it) => `  ${it},`).join('\n')}\n} from './schemas.js';`,
    '',
    '/** An empty JSON object. */',
    'export type Nothing = Readonly<Record<string, never>>;',
    '',
    '/** By operation: names of its path and query parameters, its JSON body, what it answers. */',
    `export interface Operations {\n${types.join('\n')}\n}`,
    '',
    `export const operations = {\n${values.join('\n')}\n} as const;`,
    '',
  ].join('\n');
}

function union(operation: Operation, place: 'path' | 'query'): string {
  const names = (operation.parameters ?? []).filter((it) => it.in === place).map((it) => `'${it.name}'`);
  return names.length === 0 ? 'never' : names.join(' | ');
}

function collectNames(schema: Schema | undefined, into: Set<string>): void {
  const name = schema === undefined ? undefined : nameOf(schema);
  if (name !== undefined) into.add(name);
  if (schema?.items !== undefined) collectNames(schema.items, into);
}
