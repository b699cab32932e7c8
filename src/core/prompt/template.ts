import { err, ok, type Result } from '../../base/result.ts';

/** A prompt file after parsing: its front matter (`id`, `version`, `inputs`) and its text with `{{name}}` places and `{{> partial}}` inclusions. */
export interface PromptTemplate {
  readonly id: string;
  readonly version: number;
  readonly inputs: readonly string[];
  readonly text: string;
}

export type PromptProblem =
  | { readonly kind: 'malformed'; readonly path: string; readonly text: string }
  | { readonly kind: 'undeclared'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'unused'; readonly path: string; readonly names: readonly string[] };

const FRONT_MATTER = /^---\n([\s\S]*?)\n---\n/;
const PLACE = /\{\{\s*([a-z_]+)\s*\}\}/g;

/**
 * Parses one prompt file: front matter between `---` lines with `id: text`, `version: whole number`, `inputs: [a, b]`, then Markdown.
 * Refused when an input is declared and never used, or used and never declared. Inclusions must have been put in before (see `includePartials`).
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
  const inputs = /^\[(.*)\]$/.exec(fields.get('inputs') ?? '')?.[1];
  if (!id || !Number.isInteger(version) || inputs === undefined) {
    return err({
      kind: 'malformed',
      path,
      text: 'front matter needs id, version (a whole number) and inputs ([a, b])',
    });
  }
  const declared = inputs
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const text = source.slice(match[0].length).trim();
  const used = new Set([...text.matchAll(PLACE)].map((place) => place[1] ?? ''));
  const undeclared = [...used].filter((name) => !declared.includes(name));
  if (undeclared.length > 0) return err({ kind: 'undeclared', path, names: undeclared });
  const unused = declared.filter((name) => !used.has(name));
  if (unused.length > 0) return err({ kind: 'unused', path, names: unused });
  return ok({ id, version, inputs: declared, text });
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
 * The template with its inputs in place. Values are put in once and never searched for places themselves, so that text from a repository
 * cannot pull other inputs in. Throws when a declared input is missing or one is given that is not declared.
 */
export function renderPrompt(template: PromptTemplate, values: Readonly<Record<string, string>>): string {
  const missing = template.inputs.filter((name) => values[name] === undefined);
  const unknown = Object.keys(values).filter((name) => !template.inputs.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `prompt ${template.id}: missing inputs [${missing.join(', ')}], unknown inputs [${unknown.join(', ')}]`,
    );
  }
  return template.text.replace(PLACE, (_, name: string) => values[name] ?? '');
}
