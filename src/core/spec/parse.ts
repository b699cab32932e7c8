import { readBlocks, type Block } from './blocks.ts';
import { parseFrontMatter } from './frontMatter.ts';
import { readHeader } from './header.ts';
import { scanMarkdown, type ScannedMarkdown } from './markdownLines.ts';
import { findMarkers, type FoundMarker } from './markers.ts';
import { ITEM_CAP, readOutline } from './outline.ts';
import { clip, orderProblems, type Problem } from './problem.ts';
import { resolveOutline, type ResolvedOutline } from './resolve.ts';
import type { ClarificationMarker, Passage, Section, Spec } from './spec.ts';

/** UTF-16 code units of a spec that are read; a longer text is cut at the last line end before, and a problem says so. */
export const SPEC_TEXT_CAP = 1_000_000;

/**
 * Reads a spec, in SpecKit's own layout or github/spec-kit's, and says what is wrong with its structure. Never throws, whatever the text;
 * what it cannot read it leaves out. `path` is repository-relative and goes into every item. Problems are ordered by line.
 */
export function parseSpec(source: { readonly path: string; readonly text: string }): {
  readonly spec: Spec;
  readonly problems: readonly Problem[];
} {
  const { path } = source;
  const text = cutToCap(source.text);
  const frontMatter = parseFrontMatter(text);
  const scanned = scanMarkdown(text, frontMatter.firstProse);
  const blocks = readBlocks(scanned.lines);
  const { problems: headerProblems, ...header } = readHeader(path, blocks, frontMatter.entries);
  const { notes, cutAt } = readOutline(blocks);
  const outline = resolveOutline(path, notes);
  const markers = findMarkers(scanned.lines);
  const { requirements, stories, criteria } = outline;
  const spec: Spec = {
    path,
    ...header,
    requirements,
    stories,
    criteria,
    clarifications: markers.map((marker, index) => clarificationOf(path, marker, index)),
    sections: blocks.filter((block) => block.kind === 'heading').map((block) => sectionOf(path, block)),
    passages: blocks.map((block, index) => passageOf(block, outline.subjects.get(index))),
  };
  const problems = [
    ...cutProblem(path, source.text, text),
    ...(cutAt === undefined ? [] : [tooManyItems(path, cutAt)]),
    ...scanProblems(path, scanned),
    ...headerProblems,
    ...structureProblems(spec),
    ...outline.problems,
    ...criteriaProblems(path, outline),
    ...markers.flatMap((marker, index) => markerProblems(path, marker, index)),
  ];
  return { spec, problems: orderProblems(problems) };
}

function cutToCap(text: string): string {
  if (text.length <= SPEC_TEXT_CAP) return text;
  const lineEnd = text.lastIndexOf('\n', SPEC_TEXT_CAP - 1);
  if (lineEnd >= 0) return text.slice(0, lineEnd + 1);
  const last = text.charCodeAt(SPEC_TEXT_CAP - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? SPEC_TEXT_CAP - 1 : SPEC_TEXT_CAP);
}

function cutProblem(path: string, text: string, read: string): readonly Problem[] {
  if (text.length <= SPEC_TEXT_CAP) return [];
  const message = `The spec has ${text.length} characters; only the first ${read.length} were read. Split it.`;
  return [{ rule: 'text-too-long', severity: 'error', message, path, line: 1 }];
}

function tooManyItems(path: string, line: number): Problem {
  const message = `The spec states more than ${ITEM_CAP} items; from here on none were read. Split it.`;
  return { rule: 'too-many-items', severity: 'error', message, path, line };
}

function scanProblems(path: string, scanned: ScannedMarkdown): readonly Problem[] {
  const problems: Problem[] = [];
  if (scanned.unclosedFence !== undefined) {
    const message = 'This code fence is never closed: all that follows counts as code.';
    problems.push({ rule: 'unclosed-fence', severity: 'error', message, path, line: scanned.unclosedFence });
  }
  if (scanned.unclosedComment !== undefined) {
    const message = 'This comment is never closed: all that follows is hidden.';
    problems.push({ rule: 'unclosed-comment', severity: 'error', message, path, line: scanned.unclosedComment });
  }
  return problems;
}

function structureProblems(spec: Spec): readonly Problem[] {
  const { path } = spec;
  const problems: Problem[] = [];
  if (spec.title === undefined) {
    problems.push({
      rule: 'no-title',
      severity: 'error',
      message: 'The spec has no title: begin it with "# Title".',
      path,
      line: 1,
    });
  }
  if (!spec.requirements.some((requirement) => requirement.family !== 'success')) {
    const message = 'The spec states no requirement: add a line such as "- **FR-001**: The system MUST …".';
    problems.push({ rule: 'no-requirement', severity: 'error', message, path, line: 1 });
  }
  if (spec.size === 'hotfix' && spec.files.length === 0) {
    const message =
      'A hotfix names its one file in the header, e.g. `files: src/login.js`; without it the spec is worked on as standard.';
    problems.push({ rule: 'hotfix-names-no-file', severity: 'warning', message, path, line: 1 });
  }
  if (spec.size === 'hotfix' && spec.files.length > 1) {
    const message = `A hotfix changes one file; this one names ${spec.files.length}, so it is worked on as standard.`;
    problems.push({ rule: 'hotfix-many-files', severity: 'warning', message, path, line: spec.files[1]?.line ?? 1 });
  }
  return problems;
}

/**
 * Success criteria are measurable themselves and need no further criterion. Where stories hold the acceptance scenarios, as in spec-kit's
 * layout, requirements are shown through them, so a requirement that no scenario names is only an info there.
 */
function criteriaProblems(path: string, outline: ResolvedOutline): readonly Problem[] {
  const tied = new Set(outline.criteria.flatMap((criterion) => criterion.requirements));
  const severity = outline.criteria.some((criterion) => criterion.story !== undefined) ? 'info' : 'warning';
  return outline.requirements
    .filter((requirement) => requirement.family !== 'success' && !tied.has(requirement.id))
    .map(({ id, line }): Problem => {
      const message = `${id} has no acceptance criterion: nothing says how it is shown to hold.`;
      return { rule: 'requirement-without-criterion', severity, message, path, line };
    });
}

function markerProblems(path: string, marker: FoundMarker, index: number): readonly Problem[] {
  const { line } = marker;
  const question = marker.question === '' ? 'no question given' : clip(marker.question, 200);
  const message = `${markerId(index)} is open: ${question}`;
  const open: Problem = { rule: 'open-clarification', severity: 'error', message, path, line };
  if (marker.closed) return [open];
  const unclosed = `${markerId(index)} has no closing bracket; it is taken to end with its line.`;
  return [open, { rule: 'unclosed-marker', severity: 'error', message: unclosed, path, line }];
}

function clarificationOf(path: string, marker: FoundMarker, index: number): ClarificationMarker {
  return {
    id: markerId(index),
    question: marker.question,
    start: marker.start,
    end: marker.end,
    path,
    line: marker.line,
  };
}

function markerId(index: number): string {
  return `CLR-${String(index + 1).padStart(3, '0')}`;
}

function sectionOf(path: string, block: Block): Section {
  return { level: block.level, title: block.text, path, line: block.line };
}

function passageOf(block: Block, subject: string | undefined): Passage {
  const kind = block.kind === 'heading' || block.kind === 'quote' ? block.kind : 'text';
  return { kind, ...(subject !== undefined && { subject }), lines: block.lines };
}
