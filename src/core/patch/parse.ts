import { ok, type Result } from '../../base/result.ts';
import { isBlockStart, parseBlocks } from './parseBlocks.ts';
import { parseEnvelope } from './parseEnvelope.ts';
import { parseUnified } from './parseUnified.ts';
import { parseWhole } from './parseWhole.ts';
import type { Patch, PatchError, PatchFormat } from './patch.ts';
import { findPatchText, patchLines } from './patchText.ts';

/** What is known of a patch beside its text: the form it is in, and the one file it is about where it need not name one. */
export interface PatchHints {
  readonly format?: PatchFormat;
  readonly path?: string;
}

/**
 * A model's answer as a patch. Four forms are read: the apply_patch envelope (`*** Begin Patch` ... `*** End Patch`, as OpenAI's Codex
 * publishes its grammar), unified diffs as git prints them, search/replace blocks as Aider's, and whole files in fences. The first two may
 * stand in one Markdown fence; prose may stand around any of them. Nothing is checked against files here; paths are returned as written.
 * Hunks without a file header are about the one file that the hints name. An answer that can be read in two ways is refused.
 */
export function parsePatch(text: string, hints: PatchHints = {}): Result<Patch, PatchError> {
  const format = hints.format ?? formatOf(text);
  if (format === 'blocks' || format === 'whole') {
    const lines = patchLines(text);
    const parsed = format === 'blocks' ? parseBlocks(lines, hints.path) : parseWhole(lines, hints.path);
    if (parsed.kind === 'error') return parsed;
    if (parsed.value.files.length === 0) return { kind: 'error', error: { kind: 'noPatch' } };
    return ok({ format, wrapped: false, files: parsed.value.files });
  }
  const found = findPatchText(text, hints.path);
  if (found.kind === 'error') return found;
  const patchText = found.value;
  const parsed = patchText.format === 'envelope' ? parseEnvelope(patchText) : parseUnified(patchText);
  if (parsed.kind === 'error') return parsed;
  const { files, end } = parsed.value;
  const isTextBehind = patchText.lines.slice(end, patchText.to).some((line) => line.text.trim() !== '');
  return ok({ format: patchText.format, wrapped: patchText.wrapped || isTextBehind, files });
}

/** The form that a text begins with. Undefined for an envelope, a diff, or nothing known. */
function formatOf(text: string): PatchFormat | undefined {
  const lines = patchLines(text);
  const block = lines.findIndex((line) => isBlockStart(line.text));
  const patch = findPatchText(text);
  if (patch.kind === 'ok' || patch.error.kind !== 'noPatch') {
    const isBlockFirst = block !== -1 && patch.kind === 'ok' && block < patch.value.from;
    return isBlockFirst ? 'blocks' : undefined;
  }
  if (block !== -1) return 'blocks';
  const whole = parseWhole(lines, undefined);
  return whole.kind === 'ok' ? 'whole' : undefined;
}
