/**
 * A failure as lines for people:
 *
 *   error WEIR_X: what happened
 *     at <the user's own code, from the source map>
 *   caused by …
 *   hint: what to do
 */
import type { SourcePosition } from '@weir/artifacts';
import { failureInfo, type FailureInfo } from '@weir/base';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainStyle, type Style } from './text.js';

export interface ErrorRenderOptions {
  readonly style?: Style;
  /** Paths below it are shown relative to it. */
  readonly workingDirectory: string;
}

/** Errors without a code are faults of Weir, shown with their whole stack. */
export function renderError(thrown: unknown, options: ErrorRenderOptions): string[] {
  return renderFailure(failureInfo(thrown, 'WEIR_INTERNAL'), options);
}

export function renderFailure(failure: FailureInfo, options: ErrorRenderOptions): string[] {
  const style = options.style ?? plainStyle;
  const internal = failure.code === 'WEIR_INTERNAL' || failure.code === 'WEIR_INVARIANT_BROKEN';
  const lines = [`${style.red('error')} ${style.bold(failure.code)}: ${failure.message}`];
  lines.push(...positionLines(failure.details.position as SourcePosition | undefined, style));
  lines.push(...(internal ? stackLines(failure.stack, () => true, options) : userFrames(failure, options)).map((line) => style.dim(line)));
  for (let cause = failure.cause, depth = 0; cause !== undefined && depth < 3; cause = cause.cause, depth++) {
    if (failure.message.includes(cause.message)) continue;
    const code = cause.code === 'WEIR_INTERNAL' || cause.code === 'WEIR_USER_CODE_FAILED' ? cause.name : cause.code;
    lines.push(`  caused by ${code}: ${cause.message}`);
  }
  const hint = failure.hint !== '' ? failure.hint : internal ? 'This is a fault in Weir, not in the job; please report it with the lines above.' : '';
  if (hint !== '') lines.push(`${style.cyan('hint')}: ${hint}`);
  return lines;
}

/** The line of source with a caret. */
function positionLines(position: SourcePosition | undefined, style: Style): string[] {
  if (position?.lineText === undefined || position.lineText === '') return [];
  const gutter = `  ${position.line} | `;
  return [`${style.dim(gutter)}${position.lineText}`, `${' '.repeat(gutter.length + position.column - 1)}${style.red('^')}`];
}

/** Frames of the user's own files: of the failure, or else of the nearest cause that has any. At most 5. */
function userFrames(failure: FailureInfo, options: ErrorRenderOptions): string[] {
  for (let at: FailureInfo | undefined = failure; at !== undefined; at = at.cause) {
    const frames = stackLines(at.stack, isUserFile, options);
    if (frames.length > 0) return frames.slice(0, 5);
  }
  return [];
}

/** Where the sources of Weir lie when it runs from its repository: source maps of the bundle lead there. */
const weirSources = /^.*(?=\/apps\/cli\/(?:src|dist)\/)/.exec(fileURLToPath(import.meta.url))?.[0].concat('/libs/');

/** Source maps have put the user's TypeScript in place of the artifact; what still lies in Weir, in packages or in Node is not the user's. */
function isUserFile(file: string): boolean {
  if (weirSources !== undefined && file.startsWith(weirSources)) return false;
  return !/^node:|^<|\/node_modules\/|\/dist\/bundle\/|\/bin\/weir\.mjs$|\/\.weir\/artifacts\//.test(file);
}

function stackLines(stack: string, wanted: (file: string) => boolean, options: ErrorRenderOptions): string[] {
  const lines: string[] = [];
  for (const line of stack.split('\n')) {
    const match = /^\s+at (?:(.+?) \()?(?:async )?((?:file:\/\/|\/|node:|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    const [, name, place, row, column] = match;
    const file = place.startsWith('file://') ? fileURLToPath(place) : place;
    if (!wanted(file)) continue;
    const short = relative(options.workingDirectory, file);
    const where = `${short.startsWith('..') || file.startsWith('node:') ? file : short}:${row}:${column}`;
    lines.push(name === undefined || name === 'default' || name === '<anonymous>' ? `  at ${where}` : `  at ${name} (${where})`);
  }
  return lines;
}
