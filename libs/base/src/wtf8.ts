/**
 * WTF-8: UTF-8 that also holds lone surrogates, each as the three bytes of its code point (S. Sapin, "The WTF-8 encoding"). The slow path
 * behind ByteWriter.string and ByteReader.string: only strings that JavaScript allows and Unicode does not ever come here.
 */

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether UTF-8 would lose something of `text`. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

export function encodeWtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** The text, or undefined if the bytes are not WTF-8 (overlong, cut off, out of range, or a pair written as two halves). */
export function decodeWtf8(bytes: Uint8Array): string | undefined {
  let text = '';
  let previous = 0;
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i];
    const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size === 0 || i + size > bytes.length) return undefined;
    let code = size === 1 ? first : first & (0x7f >> size);
    for (let j = 1; j < size; j++) {
      if ((bytes[i + j] & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (bytes[i + j] & 0x3f);
    }
    const isOverlong = (size === 3 && code < 0x800) || (size === 4 && (code < 0x10000 || code > 0x10ffff));
    const isSplitPair = previous >= 0xd800 && previous <= 0xdbff && code >= 0xdc00 && code <= 0xdfff;
    if (isOverlong || isSplitPair) return undefined;
    text += String.fromCodePoint(code);
    previous = code;
    i += size;
  }
  return text;
}
