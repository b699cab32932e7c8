import { err, ok, type Result } from '../../base/result.ts';
import type { FileChange, RepositoryPath } from '../ports.ts';
import { applyHunk } from './applyHunk.ts';
import type { LocateFailure } from './locate.ts';
import { nearestLines } from './nearest.ts';
import {
  errorListCap,
  quoted,
  type FilePatch,
  type HunkReport,
  type Patch,
  type PatchError,
  type PatchHunk,
} from './patch.ts';
import { pathProblem } from './patchPath.ts';
import { joinLines, splitLines } from './textLines.ts';

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

function deleteFile(proposal: Proposal, file: FilePatch & { readonly kind: 'delete' }): PatchError | undefined {
  const present = proposal.files.get(file.path);
  if (!present) return { kind: 'fileMissing', line: file.line, path: file.path, action: 'delete' };
  if (file.hunks.length > 0) {
    const applied = applyHunks(proposal, file, present.text);
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
  const applied = applyHunks(proposal, file, present.text);
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

function applyHunks(
  proposal: Proposal,
  file: { readonly path: RepositoryPath; readonly hunks: readonly PatchHunk[] },
  text: string,
): Result<string, PatchError> {
  let current = splitLines(text);
  let grown = 0;
  let offset = 0;
  for (const [position, hunk] of file.hunks.entries()) {
    const applied = applyHunk(current, hunk, [grown, grown + offset]);
    if (applied.kind === 'error') {
      const lines = current.lines.map((line) => line.text);
      return err(hunkError(file.path, hunk, lines, applied.error));
    }
    const { location, outcome } = applied.value;
    const report = { path: file.path, hunk: position + 1, line: hunk.line, at: location.index + 1 };
    proposal.hunks.push({ ...report, tolerance: location.tolerance, outcome });
    if (hunk.oldStart !== undefined) offset = location.index - (hunk.oldStart - 1 + grown);
    for (const line of hunk.lines) grown += line.kind === 'added' ? 1 : line.kind === 'removed' ? -1 : 0;
    current = applied.value.file;
  }
  return ok(joinLines(current));
}

function hunkError(
  path: RepositoryPath,
  hunk: PatchHunk,
  lines: readonly string[],
  failure: LocateFailure,
): PatchError {
  const place = { line: hunk.line, path };
  switch (failure.kind) {
    case 'notFound': {
      const wanted = hunk.lines.filter((line) => line.kind !== 'added').map((line) => line.text);
      const nearest = nearestLines(lines, wanted);
      return { kind: 'notFound', ...place, wanted: wanted.slice(0, errorListCap).map(quoted), nearest };
    }
    case 'ambiguous': {
      const candidates = failure.indices.slice(0, errorListCap).map((index) => index + 1);
      return { kind: 'ambiguous', ...place, candidates, nCandidates: failure.indices.length };
    }
    case 'noContext':
      return { kind: 'noContext', ...place };
  }
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
