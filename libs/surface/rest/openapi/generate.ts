/** Writes `src/generated/` from the document. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readDocument } from './corrected-document.js';
import { writeOperations, writeSchemas } from './type-writer.js';

const document = readDocument();
const folder = new URL('../src/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('schemas.ts', folder), writeSchemas(document));
writeFileSync(new URL('operations.ts', folder), writeOperations(document));
