/** Program arguments as a job's parameters: `--key value`, `--key=value`, `-key value`, and `--flag` alone for true; as Flink's ParameterTool. */
import { BadRequestError } from '../errors.js';

const KEY = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s;
const isKey = (text: string): boolean => KEY.test(text);

/** Throws `WEIR_REST_BAD_REQUEST` for a value without a key. */
export function parametersOf(args: readonly string[]): Record<string, string> {
  const parameters = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const match = KEY.exec(args[i]);
    if (match === null) throw new BadRequestError(`program argument ${i + 1} has no key`, 'Write program arguments as --key value.');
    const [, key, value] = match;
    if (value !== undefined) parameters.set(key, value);
    else if (i + 1 < args.length && !isKey(args[i + 1])) parameters.set(key, args[++i]);
    else parameters.set(key, 'true');
  }
  return Object.fromEntries(parameters);
}

/** Splits one text into arguments at blanks; single and double quotes hold them together. */
export function splitArguments(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([argument]) => withoutQuotes(argument));
}

function withoutQuotes(argument: string): string {
  return argument.replace(/"([^"]*)"|'([^']*)'/g, (_all, double?: string, single?: string) => double ?? single ?? '');
}
