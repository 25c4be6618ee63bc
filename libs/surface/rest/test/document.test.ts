import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { added, leftOut, nullable, replaced } from '../openapi/corrections.js';
import { readDocument } from '../openapi/corrected-document.js';
import { writeOperations, writeSchemas } from '../openapi/type-writer.js';

const fileText = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe("given Flink's document", () => {
  it('when types are generated again / then they are the ones checked in', () => {
    const document = readDocument();
    expect(writeSchemas(document)).toBe(fileText('../src/generated/schemas.ts'));
    expect(writeOperations(document)).toBe(fileText('../src/generated/operations.ts'));
  });

  it('when it is hashed / then it is unchanged', () => {
    const text = fileText('../openapi/rest_v1_dispatcher.yml');
    expect(createHash('sha256').update(text).digest('hex')).toBe('f113a5f31b6c2cf5ba42ba327c18448aef11d292ff92073c2331033dac9d4962');
    expect(fileText('../openapi/README.md')).toContain('f113a5f31b6c2cf5ba42ba327c18448aef11d292ff92073c2331033dac9d4962');
  });

  it('when corrections are applied / then each names a schema and keys that are there, and says why', () => {
    const { schemas } = readDocument().components;
    for (const [name, { reason }] of [...Object.entries(replaced), ...Object.entries(added), ...Object.entries(leftOut), ...Object.entries(nullable)]) {
      expect(Object.keys(schemas)).toContain(name);
      expect(reason).not.toBe('');
    }
    for (const [name, { keys }] of [...Object.entries(leftOut), ...Object.entries(nullable)]) {
      const schema = schemas[name];
      const own = [schema, ...(schema.allOf ?? [])].flatMap((part) => Object.keys(part.properties ?? {}));
      expect(own).toEqual(expect.arrayContaining([...keys]));
    }
  });
});
