import { z } from 'zod';
import { applyPatch, type AppliedPatch } from './apply.ts';
import { describePatchError } from './describe.ts';
import { parsePatch } from './parse.ts';
import type { PatchError, PatchFormat } from './patch.ts';

/** What each name of a form means; `auto` and none leave it to the text. Others call the same forms by these names. */
const formats: Readonly<Record<string, PatchFormat | undefined>> = {
  auto: undefined,
  envelope: 'envelope',
  apply_patch: 'envelope',
  unified: 'unified',
  diff: 'unified',
  git: 'unified',
  blocks: 'blocks',
  search_replace: 'blocks',
  'search/replace': 'blocks',
  whole: 'whole',
  file: 'whole',
};

const requestSchema = z.object({
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  files: z.record(z.string(), z.string()),
  patch: z.string(),
  format: z.string().nullish(),
});

/** A request's answer. `files` are all files after the patch; a hunk's `match` is how its old lines were found, `at` their 1-based line. */
export type BatchAnswer =
  | {
      readonly id: string | number | null;
      readonly ok: true;
      readonly files: Readonly<Record<string, string>>;
      readonly matches: readonly BatchMatch[];
    }
  | { readonly id: string | number | null; readonly ok: false; readonly error: BatchError };

interface BatchMatch {
  readonly path: string;
  readonly hunk: number;
  readonly at: number;
  readonly match: string;
  readonly outcome: 'applied' | 'alreadyApplied';
}

/** `message` is the refusal in words for whoever wrote the patch; the rest are its facts (see PatchError). */
type BatchError = ({ readonly kind: 'badRequest' } | PatchError) & { readonly message: string };

/**
 * Answers one line of a batch: `{id, files: {path: text}, patch, format?}` as JSON. Never throws for what a line can hold. Where `files` has one
 * file, the patch need not name it.
 */
export function answerBatchLine(line: string): BatchAnswer {
  const request = requestOf(line);
  if ('error' in request) return request;
  const { id, files, patch, format } = request;
  const paths = Object.keys(files);
  const [only] = paths;
  const known = format === undefined || format === null ? undefined : formats[format];
  const hints = {
    ...(known !== undefined && { format: known }),
    ...(paths.length === 1 && only !== undefined && { path: only }),
  };
  const parsed = parsePatch(patch, hints);
  const applied = parsed.kind === 'ok' ? applyPatch(parsed.value, new Map(Object.entries(files))) : parsed;
  if (applied.kind === 'error') {
    return { id, ok: false, error: { ...applied.error, message: describePatchError(applied.error) } };
  }
  return { id, ok: true, files: filesAfter(files, applied.value), matches: applied.value.hunks.map(matchOf) };
}

function filesAfter(
  files: Readonly<Record<string, string>>,
  { changes }: AppliedPatch,
): Readonly<Record<string, string>> {
  const after = new Map(Object.entries(files));
  for (const change of changes) {
    if (change.kind === 'delete') after.delete(change.path);
    else after.set(change.path, change.content);
  }
  return Object.fromEntries(after);
}

function matchOf({ path, hunk, at, tolerance, outcome }: AppliedPatch['hunks'][number]): BatchMatch {
  return { path, hunk, at, match: tolerance, outcome };
}

type Request = z.infer<typeof requestSchema>;

function requestOf(line: string): Request | (BatchAnswer & { readonly ok: false }) {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refused(null, `the line is no JSON: ${error.message.slice(0, 200)}`);
  }
  const parsed = requestSchema.safeParse(value);
  if (parsed.success) {
    const { format } = parsed.data;
    if (format === undefined || format === null || Object.hasOwn(formats, format)) return parsed.data;
    const names = Object.keys(formats).join(', ');
    return refused(parsed.data.id, `there is no format ${format.slice(0, 40)}; the formats are: ${names}`);
  }
  const id = requestSchema.pick({ id: true }).safeParse(value);
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.').slice(0, 100) ?? '';
  return refused(
    id.success ? id.data.id : null,
    `${place === '' ? 'the line' : place}: ${issue?.message ?? 'not a request'}`,
  );
}

function refused(id: string | number | null, message: string): BatchAnswer & { readonly ok: false } {
  return { id, ok: false, error: { kind: 'badRequest', message } };
}
