/** Entry point of the supervisor process. */
import { runSupervisor } from './cluster/supervisor-process.js';

runSupervisor();
