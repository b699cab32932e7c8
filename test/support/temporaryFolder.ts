import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A fresh folder by its real path, so that it can be compared with what tools report. It goes when the scope that holds it ends. */
export interface TemporaryFolder extends Disposable, AsyncDisposable {
  readonly path: string;
  join(...parts: readonly string[]): string;
}

export function temporaryFolder(name = 'speckit test'): TemporaryFolder {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), `${name}-`)));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return {
    path: folder,
    join: (...parts) => path.join(folder, ...parts),
    [Symbol.dispose]: remove,
    [Symbol.asyncDispose]: async () => remove(),
  };
}
