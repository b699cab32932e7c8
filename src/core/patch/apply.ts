import { err, ok, type Result } from '../../base/result.ts';
import type { FileChange, RepositoryPath } from '../ports.ts';
import { applyHunks, type HunkFailure } from './applyHunks.ts';
import { isElision } from './lineKey.ts';
import { nearestLines } from './nearest.ts';
import {
  errorListCap,
  quoted,
  type FilePatch,
  type HunkReport,
  type NumberedLine,
  type Patch,
  type PatchError,
  type PatchHunk,
} from './patch.ts';
import { pathProblem } from './patchPath.ts';
import { commonEol, joinLines, splitLines, type TextLine } from './textLines.ts';

/** What a patch makes of the files: every change, deletions first and sorted by path, and what became of each hunk in patch order. */
export interface AppliedPatch {
  readonly changes: readonly FileChange[];
  readonly hunks: readonly HunkReport[];
}

interface ProposedFile {
  readonly text: string;
  readonly executable?: boolean;
}

/** The files as the sections applied so far leave them. */
interface Proposal {
  readonly files: Map<RepositoryPath, ProposedFile>;
  readonly hunks: HunkReport[];
  /** Search/replace blocks may stand in any order; the other forms keep the file's. */
  readonly order: 'ordered' | 'anyOrder';
}

/**
 * Applies a patch to files given as whole texts, all of it or nothing. `files` must hold every file the patch names that exists (more do
 * no harm). Sections and their hunks apply in order, each to the text the ones before it left. Hunks that are already in the file are
 * reported and skipped; a patch without any other effect is refused. `executable` is set only where the patch states a mode.
 */
export function applyPatch(patch: Patch, files: ReadonlyMap<RepositoryPath, string>): Result<AppliedPatch, PatchError> {
  const proposal: Proposal = {
    files: new Map([...files].map(([path, text]) => [path, { text }])),
    hunks: [],
    order: patch.format === 'blocks' ? 'anyOrder' : 'ordered',
  };
  for (const file of patch.files) {
    const problem = unsafePath(file) ?? applySection(proposal, file);
    if (problem) return err(problem);
  }
  const changes = changesBetween(files, proposal.files);
  if (changes.length === 0) return err({ kind: 'noChange', alreadyApplied: proposal.hunks.slice(0, errorListCap) });
  return ok({ changes, hunks: proposal.hunks });
}

function unsafePath(file: FilePatch): PatchError | undefined {
  const paths = file.kind === 'update' && file.moveTo !== undefined ? [file.path, file.moveTo] : [file.path];
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== undefined) return { kind: 'badPath', line: file.line, path: quoted(path), problem };
  }
  return undefined;
}

function applySection(proposal: Proposal, file: FilePatch): PatchError | undefined {
  switch (file.kind) {
    case 'add':
      return addFile(proposal, file);
    case 'delete':
      return deleteFile(proposal, file);
    case 'update':
      return updateFile(proposal, file);
    case 'whole':
      return writeWhole(proposal, file);
  }
}

function addFile(proposal: Proposal, file: FilePatch & { readonly kind: 'add' }): PatchError | undefined {
  if (proposal.files.has(file.path)) return { kind: 'fileExists', line: file.line, path: file.path };
  const existing = conflictingPath(proposal, file.path);
  if (existing !== undefined) return { kind: 'pathConflict', line: file.line, path: file.path, existing };
  const mode = file.executable === undefined ? {} : { executable: file.executable };
  proposal.files.set(file.path, { text: file.content, ...mode });
  return undefined;
}

/** The whole text of a file, with the line ends, byte order mark and final newline that the file has. */
function writeWhole(proposal: Proposal, file: FilePatch & { readonly kind: 'whole' }): PatchError | undefined {
  const present = proposal.files.get(file.path);
  if (!present) return addFile(proposal, { kind: 'add', path: file.path, line: file.line, content: file.content });
  const known = splitLines(present.text);
  const whole = splitLines(file.content);
  const texts = new Set(known.lines.map((line) => line.text.trim()));
  const elision = whole.lines.find((line) => isElision(line.text) && !texts.has(line.text.trim()));
  if (elision) return { kind: 'elided', line: file.line, path: file.path, text: quoted(elision.text) };
  const eol = commonEol(known.lines);
  const isWithout = known.lines.at(-1)?.eol === '';
  const lines = whole.lines.map((line, index): TextLine => {
    if (index === whole.lines.length - 1 && isWithout) return { text: line.text, eol: '' };
    return { text: line.text, eol: known.lines.length === 0 ? line.eol : eol };
  });
  const byteOrderMark = known.byteOrderMark || whole.byteOrderMark;
  proposal.files.set(file.path, { ...present, text: joinLines({ byteOrderMark, lines }) });
  return undefined;
}

function deleteFile(proposal: Proposal, file: FilePatch & { readonly kind: 'delete' }): PatchError | undefined {
  const present = proposal.files.get(file.path);
  if (!present) return { kind: 'fileMissing', line: file.line, path: file.path, action: 'delete' };
  if (file.hunks.length > 0) {
    const applied = patchedText(proposal, file, present.text);
    if (applied.kind === 'error') return applied.error;
    const nRemainingLines = splitLines(applied.value).lines.length;
    if (nRemainingLines > 0) return { kind: 'deletesOther', line: file.line, path: file.path, nRemainingLines };
  }
  proposal.files.delete(file.path);
  return undefined;
}

function updateFile(proposal: Proposal, file: FilePatch & { readonly kind: 'update' }): PatchError | undefined {
  const present = proposal.files.get(file.path);
  if (!present) return { kind: 'fileMissing', line: file.line, path: file.path, action: 'update' };
  const applied = patchedText(proposal, file, present.text);
  if (applied.kind === 'error') return applied.error;
  const target = file.moveTo ?? file.path;
  if (target !== file.path) {
    if (proposal.files.has(target)) return { kind: 'fileExists', line: file.line, path: target };
    // The old name goes first, so that a rename may change only the case of its name.
    proposal.files.delete(file.path);
    const existing = conflictingPath(proposal, target);
    if (existing !== undefined) return { kind: 'pathConflict', line: file.line, path: target, existing };
  }
  const mode = file.executable === undefined ? {} : { executable: file.executable };
  proposal.files.set(target, { ...present, text: applied.value, ...mode });
  return undefined;
}

function patchedText(
  proposal: Proposal,
  file: { readonly path: RepositoryPath; readonly hunks: readonly PatchHunk[] },
  text: string,
): Result<string, PatchError> {
  const applied = applyHunks(splitLines(text), file.hunks, proposal.order);
  if (applied.kind === 'error') return err(hunkError(file, applied.error));
  for (const [position, { hunk, at, tolerance, outcome }] of applied.value.outcomes.entries()) {
    proposal.hunks.push({ path: file.path, hunk: position + 1, line: hunk.line, at: at + 1, tolerance, outcome });
  }
  return ok(joinLines(applied.value.file));
}

function hunkError(
  { path, hunks }: { readonly path: RepositoryPath; readonly hunks: readonly PatchHunk[] },
  { hunk, failure, texts }: HunkFailure,
): PatchError {
  const place = { hunk: hunks.indexOf(hunk) + 1, line: hunk.line, path };
  const wanted = hunk.lines.filter((line) => line.kind !== 'added').map((line) => line.text);
  switch (failure.kind) {
    case 'notFound': {
      const nearest = nearestLines(texts, wanted);
      return { kind: 'notFound', ...place, wanted: wanted.slice(0, errorListCap).map(quoted), nearest };
    }
    case 'ambiguous': {
      const candidates = failure.indices.slice(0, errorListCap).map((index) => index + 1);
      return {
        kind: 'ambiguous',
        ...place,
        candidates,
        nCandidates: failure.indices.length,
        nearest: headsOf(texts, failure.indices),
      };
    }
    case 'changed': {
      const from = Math.max(0, failure.index - 3);
      const nearest = texts
        .slice(from, failure.index + 4)
        .map((line, position) => ({ line: from + position + 1, text: quoted(line) }));
      const lines = { wanted: quoted(failure.wanted), present: quoted(failure.present) };
      return { kind: 'changed', ...place, at: failure.index + 1, ...lines, nearest };
    }
    case 'elided':
      return { kind: 'elided', ...place, text: quoted(failure.text) };
    case 'noContext':
      return { kind: 'noContext', ...place };
  }
}

/** The lines at the first four places, each with the two above it, which may tell them apart. */
function headsOf(texts: readonly string[], places: readonly number[]): readonly NumberedLine[] {
  const shown = new Set(places.slice(0, 4).flatMap((index) => [index - 2, index - 1, index]));
  return [...shown]
    .filter((index) => index >= 0 && index < texts.length)
    .map((index) => ({ line: index + 1, text: quoted(texts[index] ?? '') }));
}

/** A file that cannot exist beside `path` everywhere: the same name in other letter case, or one where the other needs a folder. */
function conflictingPath(proposal: Proposal, path: RepositoryPath): RepositoryPath | undefined {
  const wanted = path.toLowerCase();
  for (const existing of proposal.files.keys()) {
    const present = existing.toLowerCase();
    if (present === wanted || present.startsWith(`${wanted}/`) || wanted.startsWith(`${present}/`)) return existing;
  }
  return undefined;
}

function changesBetween(
  before: ReadonlyMap<RepositoryPath, string>,
  after: ReadonlyMap<RepositoryPath, ProposedFile>,
): readonly FileChange[] {
  const deletions = [...before.keys()]
    .filter((path) => !after.has(path))
    .sort()
    .map((path): FileChange => ({ kind: 'delete', path }));
  const writes = [...after]
    .filter(([path, file]) => file.text !== before.get(path) || file.executable !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, file]): FileChange => {
      const mode = file.executable === undefined ? {} : { executable: file.executable };
      return { kind: 'write', path, content: file.text, ...mode };
    });
  return [...deletions, ...writes];
}
