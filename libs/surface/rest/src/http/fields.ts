/**
 * Reads query parameters and JSON bodies by name and kind; unknown names are tolerated, as in Flink. Throws `WEIR_REST_BAD_REQUEST` with the name.
 * Numbers and booleans may come as text, because Flink's dashboard sends them so.
 */
import { BadRequestError } from '../errors.js';

export class Fields<Name extends string> {
  /** `place` is named in errors: "query parameter" or "field". */
  constructor(private readonly values: Readonly<Record<string, unknown>>, private readonly place: string) {}

  text(name: Name): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(name, 'text');
  }

  integer(name: Name, minimum = 0): number | undefined {
    const value = this.value(name);
    if (value === undefined || value === '') return undefined;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= minimum) return number;
    throw this.wrong(name, `a whole number of at least ${minimum}`);
  }

  boolean(name: Name): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || value === '') return undefined;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw this.wrong(name, 'true or false');
  }

  /** An array of texts, or texts separated by commas. */
  list(name: Name): readonly string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const items = typeof value === 'string' ? value.split(',').filter((it) => it !== '') : value;
    if (Array.isArray(items) && items.every((it): it is string => typeof it === 'string')) return items;
    throw this.wrong(name, 'a list of texts');
  }

  /** An object whose values are texts, numbers or booleans; as text. */
  textMap(name: Name): Readonly<Record<string, string>> | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong(name, 'an object of texts');
    const entries = Object.entries(value as object);
    if (!entries.every(([, it]) => ['string', 'number', 'boolean'].includes(typeof it))) throw this.wrong(name, 'an object of texts');
    return Object.fromEntries(entries.map(([key, it]) => [key, String(it)]));
  }

  /** An object inside. */
  nested<Inner extends string>(name: Name): Fields<Inner> | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong(name, 'an object');
    return new Fields<Inner>(value as Record<string, unknown>, `${this.place} ${name}`);
  }

  /** One of the choices, without regard to case. */
  oneOf<C extends string>(name: Name, choices: readonly C[]): C | undefined {
    const text = this.text(name);
    if (text === undefined || text === '') return undefined;
    const choice = choices.find((it) => it.toLowerCase() === text.toLowerCase());
    if (choice !== undefined) return choice;
    throw this.wrong(name, `one of ${choices.join(', ')}`);
  }

  /** A text that matches; `what` is said otherwise. */
  matching(name: Name, pattern: RegExp, what: string): string | undefined {
    const text = this.text(name);
    if (text === undefined || text === '') return undefined;
    if (pattern.test(text)) return text;
    throw this.wrong(name, what);
  }

  required<T>(name: Name, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new BadRequestError(`${this.place} ${name} is missing`, `Send ${name}.`);
  }

  private value(name: Name): unknown {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value === null ? undefined : value;
  }

  private wrong(name: string, expected: string): BadRequestError {
    return new BadRequestError(`${this.place} ${name} is not ${expected}`, `Send ${name} as ${expected}, or leave it out.`);
  }
}
