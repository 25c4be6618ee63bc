export { main, runCli } from './main.js';
export { ExitCode, type CliIo, type TextOutput } from './io.js';
