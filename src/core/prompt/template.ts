import { err, ok, type Result } from '../../base/result.ts';
import { fencedText } from './fence.ts';

/** Whom a prompt may have a text of its own for: `local`, models on hardware of the person's, which are small. Everybody else reads the main text. */
export const PROMPT_VARIANTS = ['local'] as const;
export type PromptVariant = (typeof PROMPT_VARIANTS)[number];

/**
 * A prompt file after parsing: its front matter (`id`, `version`, `inputs`, `own`, `variants`) and its text with `{{name}}` places and `{{> partial}}`
 * inclusions. All texts of a file have its one version.
 */
export interface PromptTemplate {
  readonly id: string;
  readonly version: number;
  readonly inputs: readonly string[];
  /** The inputs that SpecKit writes itself. Every other one is data: text of people, models, files and programs, which is put in between fences. */
  readonly own: readonly string[];
  readonly text: string;
  /** Texts that take the place of the main one, with the same inputs. */
  readonly variants: Readonly<Partial<Record<PromptVariant, string>>>;
}

export type PromptProblem =
  | { readonly kind: 'malformed'; readonly path: string; readonly text: string }
  | { readonly kind: 'undeclared'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'unused'; readonly path: string; readonly names: readonly string[] }
  /** Data that does not stand on a line of its own: a fence could not begin there. */
  | { readonly kind: 'inline'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'variant'; readonly path: string; readonly name: string; readonly text: string };

const FRONT_MATTER = /^---\n([\s\S]*?)\n---\n/;
const PLACE = /\{\{\s*([a-z_]+)\s*\}\}/g;
/** Where the text of a variant begins; it goes on up to the next one or the end. */
const VARIANT = /^<!-- variant: (.*) -->$/m;

/**
 * Parses one prompt file: front matter between `---` lines with `id: text`, `version: whole number`, `inputs: [a, b]`, perhaps `own: [b]` and
 * `variants: [local]`, then Markdown, then each variant below a line `<!-- variant: local -->`. Refused when an input is declared and never used, or
 * used and never declared, when data does not stand on a line of its own, and when a variant is unknown, not declared, not there, uses other inputs than
 * the main text or says the same. Inclusions must have been put in before (see `includePartials`).
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
  const wanted = namesOf(fields.get('variants') ?? '[]');
  if (!id || !Number.isInteger(version) || declared === undefined || own === undefined || wanted === undefined) {
    return err({
      kind: 'malformed',
      path,
      text: 'front matter needs id, version (a whole number) and inputs ([a, b])',
    });
  }
  const [main = '', ...rest] = source.slice(match[0].length).split(VARIANT);
  const text = main.trim();
  const used = placesOf(text);
  const undeclared = [...used, ...own].filter((name) => !declared.includes(name));
  if (undeclared.length > 0) return err({ kind: 'undeclared', path, names: undeclared });
  const unused = declared.filter((name) => !used.has(name));
  if (unused.length > 0) return err({ kind: 'unused', path, names: unused });
  const found = rest.flatMap((name, index) =>
    index % 2 === 0 ? [[name, (rest[index + 1] ?? '').trim()] as const] : [],
  );
  const variants = variantsOf(text, found, wanted);
  if (variants.kind === 'error') return err({ kind: 'variant', path, ...variants.error });
  const texts = [text, ...Object.values(variants.value)];
  const inline = declared.filter((name) => !own.includes(name) && texts.some((one) => isInline(one, name)));
  if (inline.length > 0) return err({ kind: 'inline', path, names: inline });
  return ok({ id, version, inputs: declared, own, text, variants: variants.value });
}

const placesOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(PLACE)].map((place) => place[1] ?? ''));

/** The variants that were found, by their names; an error where they are not exactly those that are wanted, each in its own words for the same inputs. */
function variantsOf(
  main: string,
  found: readonly (readonly [name: string, text: string])[],
  wanted: readonly string[],
): Result<PromptTemplate['variants'], { readonly name: string; readonly text: string }> {
  const variants: Partial<Record<PromptVariant, string>> = {};
  const inputs = [...placesOf(main)].toSorted().join(', ');
  for (const [name, text] of found) {
    const known = PROMPT_VARIANTS.find((variant) => variant === name);
    if (known === undefined) return err({ name, text: `is none of ${PROMPT_VARIANTS.join(', ')}` });
    if (!wanted.includes(name)) return err({ name, text: 'is not declared' });
    if (variants[known] !== undefined) return err({ name, text: 'is there twice' });
    if (text === main) return err({ name, text: 'says what the main text says' });
    const own = [...placesOf(text)].toSorted().join(', ');
    if (own !== inputs) return err({ name, text: `uses the inputs [${own}], the main text [${inputs}]` });
    variants[known] = text;
  }
  const missing = wanted.find((name) => !found.some(([other]) => other === name));
  return missing === undefined ? ok(variants) : err({ name: missing, text: 'is declared and not there' });
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

/** The template as those read it for whom `variant` is: with its text in the place of the main one, where there is such a text. */
export function inVariant(template: PromptTemplate, variant: PromptVariant | undefined): PromptTemplate {
  const text = variant === undefined ? undefined : template.variants[variant];
  return text === undefined ? template : { ...template, text };
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
