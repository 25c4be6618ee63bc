/**
 * A block of lines at the bottom of a terminal that is redrawn in place. Whatever else is written goes above it: the block is erased
 * first and drawn again with the next update.
 */
import type { TextOutput } from '../io.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

export class LiveDisplay {
  private linesShown = 0;

  constructor(private readonly output: TextOutput) {}

  /** Shows these lines in place of those before. One write, so that nothing flickers. */
  update(lines: readonly string[]): void {
    this.output.write(`${this.erasure()}${HIDE_CURSOR}${lines.map((line) => `${line}\n`).join('')}`);
    this.linesShown = lines.length;
  }

  /** Takes the block away and gives the cursor back. */
  erase(): void {
    if (this.linesShown === 0) return;
    this.output.write(`${this.erasure()}${SHOW_CURSOR}`);
    this.linesShown = 0;
  }

  /** Leaves the block where it is and gives the cursor back. */
  leave(): void {
    if (this.linesShown > 0) this.output.write(SHOW_CURSOR);
    this.linesShown = 0;
  }

  private erasure(): string {
    return this.linesShown === 0 ? '' : `\u001b[${this.linesShown}A\r\u001b[J`;
  }
}
