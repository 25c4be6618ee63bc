/** Small durable records as JSON that a person can read, with a checksum over the text of the body. */
import { crc32 } from '@weir/base';

export function encodeCheckedJson(body: unknown): Uint8Array {
  const text = JSON.stringify(body);
  return new TextEncoder().encode(`{"crc32":"${checksum(text)}","body":${text}}\n`);
}

/** The body, or what is wrong with the bytes. */
export function decodeCheckedJson(bytes: Uint8Array): { readonly body: unknown } | { readonly problem: string } {
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    return { problem: `it is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})` };
  }
  if (!isPlainObject(file) || !('body' in file)) return { problem: 'it has no body' };
  const found = checksum(JSON.stringify(file.body));
  return file.crc32 === found ? { body: file.body } : { problem: `its checksum is ${String(file.crc32)}, that of its body is ${found}` };
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksum(text: string): string {
  return crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
}
