/** A fresh directory to run in, outside of the repository; removed after each test. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Workspace {
  readonly path = mkdtempSync(join(tmpdir(), 'weir-acceptance-'));

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  has(...names: string[]): boolean {
    return existsSync(this.file(...names));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
