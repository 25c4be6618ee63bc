/** Entry point of the processes that the CLI itself starts: the bundle is known to be there. */
import { runCli } from './main.js';

await runCli();
