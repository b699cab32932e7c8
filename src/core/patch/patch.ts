import type { RepositoryPath } from '../ports.ts';

/** One line of a hunk. `eol` is what ended it in the patch; '' is the line before `\ No newline at end of file`. */
export interface HunkLine {
  readonly kind: 'context' | 'removed' | 'added';
  readonly text: string;
  readonly eol: '\n' | '\r\n' | '';
}

/**
 * One place of one file to change. `line` is the hunk's 1-based line in the patch text; `oldStart` the 1-based line its header names;
 * `anchors` the texts after `@@`, outermost first; `endOfFile` says the old lines are the file's last.
 */
export interface PatchHunk {
  readonly line: number;
  readonly lines: readonly HunkLine[];
  readonly oldStart?: number;
  readonly anchors: readonly string[];
  readonly heading?: string;
  readonly endOfFile: boolean;
}

/** What a patch does to one file. Paths are as the patch wrote them (prefixes taken off): `applyPatch` checks them. */
export type FilePatch =
  | {
      readonly kind: 'add';
      readonly path: RepositoryPath;
      readonly line: number;
      readonly content: string;
      readonly executable?: boolean;
    }
  | {
      readonly kind: 'delete';
      readonly path: RepositoryPath;
      readonly line: number;
      /** What a unified diff says the file held; empty when the patch only names the file. */
      readonly hunks: readonly PatchHunk[];
    }
  | {
      readonly kind: 'update';
      readonly path: RepositoryPath;
      readonly line: number;
      readonly moveTo?: RepositoryPath;
      readonly executable?: boolean;
      readonly hunks: readonly PatchHunk[];
    }
  /** The whole text a file is to have, be it there already or not. */
  | { readonly kind: 'whole'; readonly path: RepositoryPath; readonly line: number; readonly content: string };

/** The forms a patch is written in: Codex's envelope, a unified diff, search/replace blocks, whole files. */
export type PatchFormat = 'envelope' | 'unified' | 'blocks' | 'whole';

/** A parsed patch. `wrapped` tells that a fence or prose stood around it. */
export interface Patch {
  readonly format: PatchFormat;
  readonly wrapped: boolean;
  readonly files: readonly FilePatch[];
}

/**
 * How a hunk's old lines were found: as they are; after taking white space off the ends; off both sides; after also reading
 * typographic quotes, dashes and spaces as their ASCII forms; with context left out where the patch says so; or with context lines that
 * the file has otherwise. Removed lines are never altered ones, and of the patch only added lines are written, in the file's indentation.
 */
export type Tolerance = 'exact' | 'trailing' | 'indentation' | 'punctuation' | 'elided' | 'altered';

/** What became of one hunk. `hunk` counts from 1 within its file section, `at` is the 1-based line in the proposed text. */
export interface HunkReport {
  readonly path: RepositoryPath;
  readonly hunk: number;
  readonly line: number;
  readonly at: number;
  readonly tolerance: Tolerance;
  readonly outcome: 'applied' | 'alreadyApplied';
}

export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** Why a patch was refused. `line` is 1-based in the patch text, `hunk` counts from 1 in its file section. Lists hold at most 20 entries, quoted texts 200 characters. */
export type PatchError =
  | { readonly kind: 'noPatch' }
  | { readonly kind: 'severalPatches'; readonly lines: readonly number[] }
  | { readonly kind: 'malformed'; readonly line: number; readonly expected: string; readonly found: string }
  | { readonly kind: 'truncated'; readonly line: number; readonly expected: string }
  | { readonly kind: 'unsupported'; readonly line: number; readonly what: string }
  | { readonly kind: 'badPath'; readonly line: number; readonly path: string; readonly problem: string }
  | { readonly kind: 'fileMissing'; readonly line: number; readonly path: string; readonly action: 'update' | 'delete' }
  | { readonly kind: 'fileExists'; readonly line: number; readonly path: string }
  | { readonly kind: 'pathConflict'; readonly line: number; readonly path: string; readonly existing: string }
  | {
      readonly kind: 'notFound';
      readonly hunk: number;
      readonly line: number;
      readonly path: string;
      readonly wanted: readonly string[];
      readonly nearest: readonly NumberedLine[];
    }
  | {
      readonly kind: 'ambiguous';
      readonly hunk: number;
      readonly line: number;
      readonly path: string;
      readonly candidates: readonly number[];
      readonly nCandidates: number;
      /** The lines at the first four candidates and the two above each. */
      readonly nearest: readonly NumberedLine[];
    }
  | {
      /** The lines around a removed line stand at `at` (1-based), where another line is now. */
      readonly kind: 'changed';
      readonly hunk: number;
      readonly line: number;
      readonly path: string;
      readonly at: number;
      readonly wanted: string;
      readonly present: string;
      readonly nearest: readonly NumberedLine[];
    }
  | {
      readonly kind: 'elided';
      readonly hunk?: number;
      readonly line: number;
      readonly path: string;
      readonly text: string;
    }
  | { readonly kind: 'noContext'; readonly hunk: number; readonly line: number; readonly path: string }
  | { readonly kind: 'deletesOther'; readonly line: number; readonly path: string; readonly nRemainingLines: number }
  | { readonly kind: 'noChange'; readonly alreadyApplied: readonly HunkReport[] };

/** Most entries of a list in an error. */
export const errorListCap = 20;

/** A line as an error quotes it: at most 200 characters. */
export function quoted(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
