import { err, ok, type Result } from '../../base/result.ts';
import { fencedText } from './fence.ts';

/** A prompt file after parsing: its front matter (`id`, `version`, `inputs`, `own`) and its text with `{{name}}` places and `{{> partial}}` inclusions. */
export interface PromptTemplate {
  readonly id: string;
  readonly version: number;
  readonly inputs: readonly string[];
  /** The inputs that SpecKit writes itself. Every other one is data: text of people, models, files and programs, which is put in between fences. */
  readonly own: readonly string[];
  readonly text: string;
}

export type PromptProblem =
  | { readonly kind: 'malformed'; readonly path: string; readonly text: string }
  | { readonly kind: 'undeclared'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'unused'; readonly path: string; readonly names: readonly string[] }
  /** Data that does not stand on a line of its own: a fence could not begin there. */
  | { readonly kind: 'inline'; readonly path: string; readonly names: readonly string[] };

const FRONT_MATTER = /^---\n([\s\S]*?)\n---\n/;
const PLACE = /\{\{\s*([a-z_]+)\s*\}\}/g;

/**
 * Parses one prompt file: front matter between `---` lines with `id: text`, `version: whole number`, `inputs: [a, b]`, perhaps `own: [b]`, then Markdown.
 * Refused when an input is declared and never used, or used and never declared, and when data does not stand on a line of its own. Inclusions must
 * have been put in before (see `includePartials`).
 */
export function parsePrompt(path: string, source: string): Result<PromptTemplate, PromptProblem> {
  const match = FRONT_MATTER.exec(source);
  if (match === null) return err({ kind: 'malformed', path, text: 'has no front matter' });
  const fields = new Map(
    (match[1] ?? '')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const id = fields.get('id');
  const version = Number(fields.get('version'));
  const declared = namesOf(fields.get('inputs') ?? '');
  const own = namesOf(fields.get('own') ?? '[]');
  if (!id || !Number.isInteger(version) || declared === undefined || own === undefined) {
    return err({
      kind: 'malformed',
      path,
      text: 'front matter needs id, version (a whole number) and inputs ([a, b])',
    });
  }
  const text = source.slice(match[0].length).trim();
  const used = new Set([...text.matchAll(PLACE)].map((place) => place[1] ?? ''));
  const undeclared = [...used, ...own].filter((name) => !declared.includes(name));
  if (undeclared.length > 0) return err({ kind: 'undeclared', path, names: undeclared });
  const unused = declared.filter((name) => !used.has(name));
  if (unused.length > 0) return err({ kind: 'unused', path, names: unused });
  const inline = declared.filter((name) => !own.includes(name) && isInline(text, name));
  if (inline.length > 0) return err({ kind: 'inline', path, names: inline });
  return ok({ id, version, inputs: declared, own, text });
}

/** The names of `[a, b]`; undefined for anything else. */
function namesOf(list: string): readonly string[] | undefined {
  return /^\[(.*)\]$/
    .exec(list)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** Whether a name stands anywhere but on a line of its own. */
function isInline(text: string, wanted: string): boolean {
  return text
    .split('\n')
    .some((line) => [...line.matchAll(PLACE)].some(([place, name]) => name === wanted && line !== place));
}

/** Puts partials in the place of `{{> name}}`. Throws on an unknown one: a missing file of the product is a fault, not an outcome. */
export function includePartials(source: string, partials: ReadonlyMap<string, string>): string {
  return source.replace(/\{\{>\s*([a-z-]+)\s*\}\}/g, (_, name: string) => {
    const partial = partials.get(name);
    if (partial === undefined) throw new Error(`there is no partial prompts/partials/${name}.md`);
    return partial.trim();
  });
}

/**
 * The template with its inputs in place: its own ones as they are, data between fences. Values are put in once and never searched for places
 * themselves, so that text from a repository cannot pull other inputs in. Throws when a declared input is missing or one is given that is not declared.
 */
export function renderPrompt(template: PromptTemplate, values: Readonly<Record<string, string>>): string {
  const missing = template.inputs.filter((name) => values[name] === undefined);
  const unknown = Object.keys(values).filter((name) => !template.inputs.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `prompt ${template.id}: missing inputs [${missing.join(', ')}], unknown inputs [${unknown.join(', ')}]`,
    );
  }
  return template.text.replace(PLACE, (_, name: string) => {
    const value = values[name] ?? '';
    return template.own.includes(name) ? value : fencedText(value);
  });
}
