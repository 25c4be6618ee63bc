/** Reads the document and applies the corrections; and turns its schemas into JSON Schema for validation. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { added, addedOperations, leftOut, nullable, replaced } from './corrections.js';
import { type Document, nameOf, type Operation, type PathItem, type Schema } from './schema.js';

/** The corrected document. `text` is the YAML of Flink's. */
export function correctedDocument(text: string): Document {
  const original = parse(text) as Document;
  const schemas: Record<string, Schema> = { ...original.components.schemas };
  for (const [name, { schema }] of Object.entries(replaced)) schemas[name] = schema;
  for (const [name, { properties }] of Object.entries(added)) schemas[name] = { ...schemas[name], properties: { ...schemas[name].properties, ...properties } };
  const paths = withAddedOperations(original.paths);
  const asked = requestSchemas(paths, schemas);
  for (const [name, schema] of Object.entries(schemas)) if (!asked.has(name)) schemas[name] = closed(name, schema);
  return { paths, components: { schemas } };
}

export function readDocument(): Document {
  return correctedDocument(readFileSync(new URL('./rest_v1_dispatcher.yml', import.meta.url), 'utf8'));
}

function withAddedOperations(paths: Document['paths']): Document['paths'] {
  const result: Record<string, PathItem> = { ...paths };
  for (const { path, method, operation } of addedOperations) result[path] = { ...result[path], [method]: operation };
  return result;
}

/** Names of schemas that requests are made of: their keys stay optional. */
function requestSchemas(paths: Document['paths'], schemas: Readonly<Record<string, Schema>>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (schema: Schema | undefined): void => {
    if (schema === undefined) return;
    const name = nameOf(schema);
    if (name !== undefined && !found.has(name)) {
      found.add(name);
      visit(schemas[name]);
    }
    for (const property of Object.values(schema.properties ?? {})) visit(property);
    visit(schema.items);
    visit(schema.additionalProperties);
  };
  for (const item of Object.values(paths)) {
    for (const operation of Object.values(item) as Operation[]) for (const { schema } of Object.values(operation.requestBody?.content ?? {})) visit(schema);
  }
  return found;
}

/** With `required` and `nullable` as Flink behaves. Also of schemas that extend another one (`allOf`). */
function closed(name: string, schema: Schema): Schema {
  if (schema.allOf !== undefined) {
    return { allOf: schema.allOf.map((part) => (part.properties === undefined ? part : closed(name, part))) };
  }
  if (schema.properties === undefined) return schema;
  const absent = leftOut[name]?.keys ?? [];
  const mayBeNull = nullable[name]?.keys ?? [];
  const ownKeys = Object.keys(schema.properties);
  return {
    type: 'object',
    required: ownKeys.filter((key) => !absent.includes(key)),
    properties: Object.fromEntries(
      ownKeys.map((key) => [key, nested(name, key, (schema.properties as Record<string, Schema>)[key], mayBeNull.includes(key))]),
    ),
  };
}


function nested(name: string, key: string, schema: Schema, mayBeNull: boolean): Schema {
  const inner = schema.properties === undefined ? schema : closed(`${name}.${key}`, schema);
  return mayBeNull ? { ...inner, nullable: true } : inner;
}

/** The schemas of the document as JSON Schema (draft 7): references below `definitions`, `nullable` as a choice, doubles that may be "NaN". */
export function jsonSchemas(document: Document): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, jsonSchema(schema)]));
}

export function jsonSchema(schema: Schema): unknown {
  const { nullable: mayBeNull, discriminator: _discriminator, format: _format, ...rest } = schema;
  let result: unknown;
  if (schema.$ref !== undefined) result = { $ref: `document#/definitions/${nameOf(schema)}` };
  else if (schema.type === 'number') result = { anyOf: [{ type: 'number' }, { const: 'NaN' }] };
  else {
    result = {
      ...rest,
      ...(schema.properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(schema.properties).map(([key, it]) => [key, jsonSchema(it)])) }),
      ...(schema.additionalProperties === undefined ? {} : { additionalProperties: jsonSchema(schema.additionalProperties) }),
      ...(schema.items === undefined ? {} : { items: jsonSchema(schema.items) }),
      ...Object.fromEntries((['allOf', 'anyOf', 'oneOf'] as const).flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key].map(jsonSchema)]]))),
    };
  }
  return mayBeNull === true ? { anyOf: [{ type: 'null' }, result] } : result;
}
