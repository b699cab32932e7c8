import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyPatch as applyByJsdiff } from 'diff';
import { applyPatch } from '../../src/core/patch/apply.ts';
import { describePatchError } from '../../src/core/patch/describe.ts';
import { parsePatch } from '../../src/core/patch/parse.ts';

/** What an engine made of a file: its new text, or undefined where it refused and left the file as it was. */
export type Outcome = string | undefined;

export function bySpecKit(file: string, text: string, patch: string): Outcome {
  const parsed = parsePatch(patch);
  if (parsed.kind === 'error') return undefined;
  const applied = applyPatch(parsed.value, new Map([[file, text]]));
  if (applied.kind === 'error') return undefined;
  const change = applied.value.changes.find((item) => item.path === file);
  return change?.kind === 'write' ? change.content : undefined;
}

/** SpecKit's words for a refusal. */
export function whyNot(file: string, text: string, patch: string): string {
  const parsed = parsePatch(patch);
  const applied = parsed.kind === 'ok' ? applyPatch(parsed.value, new Map([[file, text]])) : parsed;
  return applied.kind === 'error' ? describePatchError(applied.error) : '';
}

/** jsdiff with `fuzzFactor` 3, the most that `patch -F3` allows too. */
export function byJsdiff(text: string, patch: string): Outcome {
  try {
    const applied = applyByJsdiff(text, patch, { fuzzFactor: 3 });
    return applied === false ? undefined : applied;
  } catch (error) {
    // It throws for what it cannot parse.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** A case as `git apply` and GNU patch get it. */
export interface CommandCase {
  readonly file: string;
  readonly text: string;
  readonly patch: string;
}

/** Runs both commands for every case, each in a folder of its own. One shell starts them all: that is much faster than starting each from here. */
const SCRIPT = `
for case in */; do
  (cd "$case/git" && git apply ../change.patch) >/dev/null 2>&1 || : > "$case/git.failed"
  (cd "$case/patch" && patch -F3 -p1 --batch --forward --silent -i ../change.patch) >/dev/null 2>&1 || : > "$case/patch.failed"
done`;

/**
 * What `git apply` and `patch -F3` make of each case. A command that fails and has changed the file all the same has left half a patch there: its
 * outcome is that file.
 */
export async function byCommands(
  folder: string,
  cases: readonly CommandCase[],
): Promise<readonly { readonly git: Outcome; readonly patch: Outcome }[]> {
  for (const [index, { file, text, patch }] of cases.entries()) {
    for (const command of ['git', 'patch']) {
      const target = path.join(folder, String(index), command, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    writeFileSync(path.join(folder, String(index), 'change.patch'), patch);
  }
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', GIT_CEILING_DIRECTORIES: folder };
  await new Promise((resolve) => {
    execFile('sh', ['-c', SCRIPT], { cwd: folder, env }, resolve);
  });
  const outcomes = cases.map(({ file, text }, index) => {
    const outcome = (command: string): Outcome => {
      const target = path.join(folder, String(index), command, file);
      const result = existsSync(target) ? readFileSync(target, 'utf8') : '';
      return existsSync(path.join(folder, String(index), `${command}.failed`)) && result === text ? undefined : result;
    };
    return { git: outcome('git'), patch: outcome('patch') };
  });
  rmSync(folder, { recursive: true, force: true });
  return outcomes;
}
