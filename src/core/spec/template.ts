import { draftText, type SpecDraft } from './draft.ts';
import { parseSpec } from './parse.ts';

/**
 * The Markdown of a new spec.md. A body that already has a title and a requirement or story is the spec and returned as it is, byte for byte;
 * any other body is quoted in an Input section. Without further editing the result has no problem of severity error, except for clarification
 * markers and unfinished wording the title or body bring along; it does warn that no acceptance criterion is written yet.
 */
export function specTemplate(draft: SpecDraft): string {
  const body = draft.body ?? '';
  return hasStructure(body) ? body : draftText(draft);
}

function hasStructure(body: string): boolean {
  if (body.trim() === '') return false;
  const { spec } = parseSpec({ path: 'spec.md', text: body });
  return spec.title !== undefined && (spec.requirements.length > 0 || spec.stories.length > 0);
}
