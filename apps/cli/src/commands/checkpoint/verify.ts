/** `weir checkpoint verify`: reads every byte of one checkpoint, or of all below a directory. Exit code 1 when any is damaged. */
import { verifyCheckpoint, type CheckpointVerification } from '@weir/checkpoint';
import type { CheckpointInvocation } from '../../grammar/checkpoints.js';
import { ExitCode, type CliIo } from '../../io.js';
import { bytes, count, plainStyle, styleFor, type Style } from '../../render/text.js';
import { absolutePath, shownPath } from '../../paths.js';
import { storedFiles } from '../../stored-files.js';
import { findCheckpointsBelow, isOneCheckpoint, notOneCheckpoint } from './find.js';

export async function verify(invocation: CheckpointInvocation, io: CliIo): Promise<number> {
  const files = await storedFiles(io);
  const path = absolutePath(invocation.path, io);
  const paths = (await isOneCheckpoint(files, path))
    ? [path]
    : (await findCheckpointsBelow(files, invocation.path, io.workingDirectory)).filter((it) => it.status !== 'incomplete').map((it) => it.path);
  if (paths.length === 0) throw await notOneCheckpoint(files, invocation.path, io.workingDirectory);
  let valid = true;
  for (const at of paths) {
    const verification = await verifyCheckpoint(files, at);
    valid &&= verification.valid;
    const style = styleFor(io.out, io.environment);
    io.out.write(invocation.json ? `${JSON.stringify(verification)}\n` : renderVerification(verification, io.workingDirectory, style));
  }
  return valid ? ExitCode.ok : ExitCode.jobFailed;
}

export function renderVerification(verification: CheckpointVerification, workingDirectory: string, style: Style = plainStyle): string {
  const { path, valid, filesChecked, bytesChecked, findings } = verification;
  const state = valid ? style.green('valid') : style.red('damaged');
  const lines = [`${shownPath(path, { workingDirectory })}  ${state}  ${count(filesChecked)} files, ${bytes(bytesChecked)} of state`];
  for (const { file, offset, code, problem, whatToDo } of findings) {
    lines.push(`  ${code}: ${problem}`, `    at ${shownPath(file, { workingDirectory })}, byte ${offset}`, `    ${style.cyan('hint')}: ${whatToDo}`);
  }
  return `${lines.join('\n')}\n`;
}
