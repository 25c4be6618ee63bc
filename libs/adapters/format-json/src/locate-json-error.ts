/** Finds the character at which a text stops being JSON. Only for messages: V8 names the place in some of its errors and not in others. */

/** What a string may hold, its quotes included: everything from the space on but quotes and lone backslashes. */
const STRING = '"(?:[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"';
const SPACE = /[ \t\n\r]*/y;
const TOKEN = new RegExp(`[{}[\\]:,]|${STRING}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`, 'y');

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'nothing';

/** 0-based; the length of the text when it ends too early. */
export function locateJsonError(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Expected | undefined = token === undefined ? undefined : step(expected, token, open);
    if (next === undefined) return at;
    expected = next;
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function step(expected: Expected, token: string, open: string[]): Expected | undefined {
  const first = token[0];
  switch (expected) {
    case 'nothing':
      return undefined;
    case 'colon':
      return first === ':' ? 'value' : undefined;
    case 'key':
    case 'key or }':
      if (first === '"') return 'colon';
      return first === '}' && expected === 'key or }' ? close(open) : undefined;
    case 'comma or end':
      if (first === ',') return open.at(-1) === '{' ? 'key' : 'value';
      return (first === '}' && open.at(-1) === '{') || (first === ']' && open.at(-1) === '[') ? close(open) : undefined;
    case 'value':
    case 'value or ]':
      if (first === '{' || first === '[') {
        open.push(first);
        return first === '{' ? 'key or }' : 'value or ]';
      }
      if (first === ']' && expected === 'value or ]') return close(open);
      if (first === '}' || first === ']' || first === ':' || first === ',') return undefined;
      return open.length === 0 ? 'nothing' : 'comma or end';
  }
}

function close(open: string[]): Expected {
  open.pop();
  return open.length === 0 ? 'nothing' : 'comma or end';
}
