/** What several commands take: readers of single arguments, and the options of commands that have a configuration or a target. */
import { InvalidArgumentError, type Command } from 'commander';

/** Takes an invocation that was recognized. */
export type Found<I> = (invocation: I) => void;

/** Of commands that read the configuration. */
export interface ConfigurationArguments {
  /** `-D`. */
  readonly definitions: Readonly<Record<string, string>>;
  /** `--config`. */
  readonly configFile: string | undefined;
}

/** Of commands that talk to a cluster. Undefined: `WEIR_TARGET`, else the local cluster. */
export interface TargetArguments {
  readonly target: string | undefined;
}

export interface ConfigurationOptions {
  readonly define?: Record<string, string>;
  readonly config?: string;
}

export function withConfiguration(command: Command): Command {
  return command
    .option('-D, --define <key=value>', 'set a configuration key; may be repeated (docs/configuration.md)', collectDefinition)
    .option('--config <file>', 'YAML file with configuration; also WEIR_CONF');
}

export function configurationArguments(options: ConfigurationOptions): ConfigurationArguments {
  return { definitions: options.define ?? {}, configFile: options.config };
}

export function withTarget(command: Command): Command {
  return command.option('--target <url>', 'REST address of a JobManager; also WEIR_TARGET');
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1');
  return Number(text);
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^[1-9]\d*$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a port from 1 to 65535');
  return port;
}

export function jobIdText(text: string): string {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new InvalidArgumentError('expected a job id, 32 hexadecimal digits');
  return text;
}

function collectDefinition(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected key=value');
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
}
