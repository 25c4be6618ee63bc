/** Validates answers against the corrected document. */
import { Ajv } from 'ajv';
import { jsonSchema, jsonSchemas, readDocument } from '../../openapi/corrected-document.js';
import type { Method, Operation } from '../../openapi/schema.js';

export const document = readDocument();
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema({ $id: 'document', definitions: jsonSchemas(document) });

export interface DocumentedOperation {
  readonly method: Method;
  readonly path: string;
  readonly status: number;
  readonly operation: Operation;
}

export const documented: ReadonlyMap<string, DocumentedOperation> = new Map(
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [
      operation.operationId, { method: method as Method, path, status: Number(Object.keys(operation.responses)[0]), operation },
    ] as const)),
);

/** What is wrong with a body that an operation answered; empty: nothing. */
export function faults(operationId: string, body: unknown): string[] {
  const { operation } = documented.get(operationId) as DocumentedOperation;
  const schema = Object.values(operation.responses)[0].content?.['application/json']?.schema;
  if (schema === undefined) return JSON.stringify(body) === '{}' ? [] : ['the body is not {}'];
  const validate = ajv.compile(jsonSchema(schema) as object);
  return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
}
