import { ok, type Result } from '../../base/result.ts';
import { parseEnvelope } from './parseEnvelope.ts';
import { parseUnified } from './parseUnified.ts';
import type { Patch, PatchError } from './patch.ts';
import { findPatchText } from './patchText.ts';

/**
 * A model's answer as a patch. Two formats are read: the apply_patch envelope (`*** Begin Patch` ... `*** End Patch`, as OpenAI's Codex
 * publishes its grammar) and unified diffs as git prints them. Either may stand in one Markdown fence or between prose.
 * Nothing is checked against files here; paths are returned as written. An answer that can be read in two ways is refused.
 */
export function parsePatch(text: string): Result<Patch, PatchError> {
  const found = findPatchText(text);
  if (found.kind === 'error') return found;
  const patchText = found.value;
  const parsed = patchText.format === 'envelope' ? parseEnvelope(patchText) : parseUnified(patchText);
  if (parsed.kind === 'error') return parsed;
  const { files, end } = parsed.value;
  const isTextBehind = patchText.lines.slice(end, patchText.to).some((line) => line.text.trim() !== '');
  return ok({ format: patchText.format, wrapped: patchText.wrapped || isTextBehind, files });
}
