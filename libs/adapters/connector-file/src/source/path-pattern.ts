/** Glob patterns over FileStore paths: `*` and `?` within a name, `**` over directories, `{a,b}`, `[a-z]`. */

const SPECIAL = /[*?{[]/;

export function isPattern(path: string): boolean {
  return SPECIAL.test(path);
}

/** The directory above the first part that is a pattern: where to look. */
export function patternRoot(pattern: string): string {
  const parts = pattern.split('/');
  const root = parts
    .slice(
      0,
      parts.findIndex((part) => SPECIAL.test(part)),
    )
    .join('/');
  return root === '' ? (pattern.startsWith('/') ? '/' : '.') : root;
}

/** Matches whole paths. Own translation: it is 20 lines, and a glob library would bring its own idea of separators and escapes. */
export function patternMatcher(pattern: string): (path: string) => boolean {
  let source = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '*' && pattern[i + 1] === '*') {
      // `**/` also stands for no directory at all.
      const slash = pattern[i + 2] === '/';
      source += slash ? '(?:[^/]+/)*' : '.*';
      i += slash ? 2 : 1;
    } else if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (c === '{') {
      depth++;
      source += '(?:';
    } else if (c === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (c === ',' && depth > 0) source += '|';
    else if (c === '[' && pattern.indexOf(']', i + 2) > 0) {
      const end = pattern.indexOf(']', i + 2);
      source += `[${pattern
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      i = end;
    } else source += c.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  }
  const regex = new RegExp(`^${source}${')'.repeat(depth)}$`);
  const plain = (path: string): string => path.replace(/^\.\//, '');
  const rootedAtDot = pattern.startsWith('./');
  return (path) => regex.test(rootedAtDot ? `./${plain(path)}` : plain(path));
}
