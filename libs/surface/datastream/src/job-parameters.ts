/** Typed parameters of a job: declared once, read from text, refused with a coded error that says what was expected. */
import { nearestName } from '@weir/base';
import { InvalidJobParameterError } from './errors.js';

/** How one parameter is read. Made by {@link param}. */
export interface ParameterDeclaration<V> {
  readonly description: string;
  /** What the text must be, e.g. `a whole number`. */
  readonly expected: string;
  /** Undefined: the parameter must be given. */
  readonly defaultValue: V | undefined;
  /** Undefined when the text is no value. */
  readonly parse: (text: string) => V | undefined;
}

export type ParameterDeclarations = Readonly<Record<string, ParameterDeclaration<unknown>>>;
/** The values that a set of declarations gives. */
export type ParameterValues<D extends ParameterDeclarations> = {
  readonly [Name in keyof D]: D[Name] extends ParameterDeclaration<infer V> ? V : never;
};

interface ParameterOptions<V> {
  readonly default?: V;
  readonly description?: string;
}

function declare<V>(expected: string, options: ParameterOptions<V>, parse: (text: string) => V | undefined): ParameterDeclaration<V> {
  return { description: options.description ?? '', expected, defaultValue: options.default, parse };
}

/** Makers of parameter declarations. Without a default the parameter must be given. */
export const param = {
  string: (options: ParameterOptions<string> = {}): ParameterDeclaration<string> => declare('a text', options, (text) => text),
  integer: (options: ParameterOptions<number> & { readonly min?: number; readonly max?: number } = {}): ParameterDeclaration<number> => {
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
    const bounds = [options.min === undefined ? '' : ` from ${min}`, options.max === undefined ? '' : ` up to ${max}`].join('');
    return declare(`a whole number${bounds}`, options, (text) => {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
    });
  },
  number: (options: ParameterOptions<number> = {}): ParameterDeclaration<number> =>
    declare('a number', options, (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)),
  /** A flag: `--verbose` alone means true. False unless given. */
  boolean: (options: ParameterOptions<boolean> = {}): ParameterDeclaration<boolean> =>
    declare(
      'true or false',
      { default: false, ...options },
      (text) => (text === 'true' || text === '' ? true : text === 'false' ? false : undefined),
    ),
  oneOf: <const C extends string>(choices: readonly C[], options: ParameterOptions<NoInfer<C>> = {}): ParameterDeclaration<C> =>
    declare<C>(`one of ${choices.join(', ')}`, options, (text) => choices.find((choice) => choice === text)),
};

/** Values of the declared parameters. Throws `WEIR_JOB_PARAMETER_INVALID` for an unknown, missing or unreadable one. */
export function readParameters<D extends ParameterDeclarations>(
  declarations: D, raw: Readonly<Record<string, string>>,
): ParameterValues<D> {
  const names = Object.keys(declarations);
  for (const name of Object.keys(raw)) {
    if (Object.hasOwn(declarations, name)) continue;
    const near = nearestName(name, names);
    throw new InvalidJobParameterError(name, `unknown job parameter ${name}`,
      near === undefined ? listOf(names) : `Did you mean --${near}?`);
  }
  return Object.fromEntries(names.map((name) => [name, readParameter(name, declarations[name], raw)])) as ParameterValues<D>;
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'The job takes no parameters.' : `The job takes ${names.map((name) => `--${name}`).join(', ')}.`;
}

function readParameter(name: string, declaration: ParameterDeclaration<unknown>, raw: Readonly<Record<string, string>>): unknown {
  const about = declaration.description === '' ? '' : ` (${declaration.description})`;
  if (!Object.hasOwn(raw, name)) {
    if (declaration.defaultValue !== undefined) return declaration.defaultValue;
    throw new InvalidJobParameterError(
      name, `job parameter ${name} is missing`, `Give ${declaration.expected}: -- --${name} VALUE${about}.`,
    );
  }
  const value = declaration.parse(raw[name]);
  if (value !== undefined) return value;
  throw new InvalidJobParameterError(
    name, `job parameter ${name} is "${raw[name]}"`, `Give ${declaration.expected} for --${name}${about}.`,
  );
}

/**
 * Job parameters of a command line: `--input FILE`, `--input=FILE`, `--verbose` (true). Throws `WEIR_JOB_PARAMETER_INVALID` for a word that
 * belongs to no parameter, or one given twice.
 */
export function parseJobArguments(args: readonly string[]): Record<string, string> {
  const raw: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(args[i]);
    if (match === null) throw new InvalidJobParameterError(
      args[i], `"${args[i]}" belongs to no job parameter`, 'Write job parameters as --name VALUE after a lone --.',
    );
    const [, name, inline] = match;
    if (Object.hasOwn(raw, name)) throw new InvalidJobParameterError(name, `job parameter ${name} is given twice`, `Give --${name} once.`);
    const following = args[i + 1];
    if (inline !== undefined) raw[name] = inline;
    else if (following !== undefined && !following.startsWith('--')) {
      raw[name] = following;
      i++;
    } else raw[name] = 'true';
  }
  return raw;
}
