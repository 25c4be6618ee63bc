/**
 * Configuration from a YAML file. Keys may be written whole (`rest.port: 8081`) or nested (`rest:` above `port: 8081`), as in Flink's
 * config.yaml; a list becomes its members with commas between them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Configuration } from '@weir/base';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { ConfigFileError } from './errors.js';

/** Throws `WEIR_CONFIG_FILE_INVALID` with line and column. */
export function configurationFromFile(file: string, workingDirectory: string): Configuration {
  const text = readText(file, workingDirectory);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ConfigFileError(`${file}:${line}:${col} ${decapitalize(error.message.split(/ at line |\n/)[0])}`);
  }
  const values: Record<string, string> = {};
  const at = (node: Node): string => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    return `${file}:${line}:${col}`;
  };
  const set = (key: string, node: Node, value: string): void => {
    if (Object.hasOwn(values, key)) throw new ConfigFileError(`${at(node)} ${key} is set twice`);
    values[key] = value;
  };
  const visit = (prefix: string, node: Node | null): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key)) throw new ConfigFileError(`${at(node)} a key is no text`);
        visit(prefix === '' ? String(key.value) : `${prefix}.${String(key.value)}`, value as Node | null);
      }
    } else if (isSeq(node) && prefix !== '') {
      const members = node.items.map((item) => {
        if (!isScalar(item)) throw new ConfigFileError(`${at(node)} ${prefix} is a list of something else than values`);
        return String(item.value);
      });
      set(prefix, node, members.join(','));
    } else if (isScalar(node) && prefix !== '') {
      set(prefix, node, node.value === null ? '' : String(node.value));
    } else if (node !== null) {
      throw new ConfigFileError(`${at(node)} expected keys and values`);
    }
  };
  visit('', document.contents);
  return Configuration.of(values, 'file');
}

function readText(file: string, workingDirectory: string): string {
  try {
    return readFileSync(resolve(workingDirectory, file), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigFileError(code === 'ENOENT' ? `there is no configuration file ${file}` : `${file} cannot be read (${code ?? String(cause)})`, cause);
  }
}

function decapitalize(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;
}
