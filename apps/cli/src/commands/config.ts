/** `weir config`: every setting with its value and where that comes from. */
import type { ConfigOption, Configuration } from '@weir/base';
import type { ConfigInvocation } from '../grammar/processes.js';
import { configurationOf, optionGroups } from '../configuration.js';
import { environmentVariable } from '../configuration-environment.js';
import { ExitCode, type CliIo } from '../io.js';
import { table } from '../render/table.js';

interface Setting {
  readonly key: string;
  readonly value: string;
  /** `default`, `file`, `environment`, `command line`. */
  readonly origin: string;
  readonly environmentVariable: string;
}

export async function config(invocation: ConfigInvocation, io: CliIo): Promise<number> {
  const configuration = await configurationOf(invocation, io);
  const groups = Object.entries(optionGroups).map(([title, options]) => ({ title, settings: Object.values(options).map((option) => settingOf(option, configuration)) }));
  if (invocation.json) io.out.write(groups.flatMap(({ settings }) => settings).map((it) => `${JSON.stringify(it)}\n`).join(''));
  else io.out.write(groups.map(({ title, settings }) => `${title}\n${indented(table(['key', 'value', 'from'], settings.map((it) => [it.key, it.value === '' ? '-' : it.value, it.origin])))}`).join('\n'));
  return ExitCode.ok;
}

function settingOf(option: ConfigOption<unknown>, configuration: Configuration): Setting {
  const { key } = option;
  const value = option.format(configuration.get(option));
  return { key, value: isSecret(key) && value !== '' ? '******' : value, origin: configuration.origin(key), environmentVariable: environmentVariable(key) };
}

/** As Flink's GlobalConfiguration decides it: by what the key says. */
export function isSecret(key: string): boolean {
  return /password|secret|token|credential|api-?key/i.test(key);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
