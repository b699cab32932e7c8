/*
 * What a spec says, as plain values. Every item names the file (`path`, repository-relative) and the 1-based line it begins on.
 */

export const SPEC_SIZES = ['hotfix', 'small', 'standard'] as const;
export type SpecSize = (typeof SPEC_SIZES)[number];

interface Located {
  readonly path: string;
  readonly line: number;
}

/** A file the author named as the one to change, as written (repository-relative by convention). */
export interface NamedFile extends Located {
  readonly file: string;
}

export type RequirementFamily = 'functional' | 'non-functional' | 'success';

/** FR- and REQ- ids are functional, NFR- non-functional, SC- success criteria (measured outcomes, in spec-kit's layout). */
export interface Requirement extends Located {
  readonly id: string;
  readonly family: RequirementFamily;
  readonly text: string;
}

export interface UserStory extends Located {
  readonly id: string;
  readonly title: string;
  /** `P1`, `P2`, … where the author gave one. */
  readonly priority?: string;
}

/**
 * One thing that can be shown true or false. `id` is the author's own (`AC-001`, `FR-001.2`), or derived in order of appearance
 * from what it belongs to: `FR-001.1`, `US1.1`, `AC.1` where the document ties it to nothing.
 */
export interface AcceptanceCriterion extends Located {
  readonly id: string;
  readonly source: 'own' | 'derived';
  readonly text: string;
  readonly given?: string;
  readonly when?: string;
  readonly outcome?: string;
  /** Requirement ids the document ties it to, by place or by name. */
  readonly requirements: readonly string[];
  readonly story?: string;
}

/** An open question. `start` and `end` are UTF-16 offsets of the whole marker in the text as given (byte order mark included). */
export interface ClarificationMarker extends Located {
  readonly id: string;
  readonly question: string;
  readonly start: number;
  readonly end: number;
}

export interface Section extends Located {
  readonly level: number;
  readonly title: string;
}

export interface PassageLine {
  readonly line: number;
  /** The line as written, comments blanked. */
  readonly text: string;
}

/**
 * A stretch of prose (heading, list item, paragraph, table row, quote): what language checks read. Code blocks and comments are not
 * in it. `subject` is the requirement, criterion or story it states.
 */
export interface Passage {
  readonly kind: 'heading' | 'text' | 'quote';
  readonly subject?: string;
  readonly lines: readonly PassageLine[];
}

export interface Spec {
  readonly path: string;
  readonly id?: string;
  readonly title?: string;
  readonly size: SpecSize;
  readonly files: readonly NamedFile[];
  readonly requirements: readonly Requirement[];
  readonly stories: readonly UserStory[];
  readonly criteria: readonly AcceptanceCriterion[];
  readonly clarifications: readonly ClarificationMarker[];
  readonly sections: readonly Section[];
  readonly passages: readonly Passage[];
}
