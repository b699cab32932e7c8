import type { z } from 'zod';
import { closestWord } from './closestWord.ts';
import { nameHere } from './otherNames.ts';
import type { SettingReference } from './settingsReference.ts';
import { keysIn, settingAt } from './settingsReference.ts';

export type SettingRule = 'unknown-key' | 'missing-key' | 'bad-name' | 'wrong-type' | 'wrong-value';

/** One thing wrong with a setting: `path` is where to point, `message` says what to do. */
export interface SettingProblem {
  readonly path: readonly (string | number)[];
  readonly rule: SettingRule;
  readonly message: string;
}

/**
 * Turns what a schema found wrong with a configuration into problems a person can act on. `references` are those of the same schema,
 * `root` the value that was checked. Values are shown cut to 60 characters.
 */
export function settingProblems(
  issues: readonly z.core.$ZodIssue[],
  references: readonly SettingReference[],
  root: unknown,
): readonly SettingProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, references));
    return [{ path, ...explain(issue, path, references, valueAt(root, path)) }];
  });
}

/** The value at a path, or undefined. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

type Explanation = Pick<SettingProblem, 'rule' | 'message'>;

function explain(
  issue: z.core.$ZodIssue,
  path: readonly (string | number)[],
  references: readonly SettingReference[],
  value: unknown,
): Explanation {
  const name = path.join('.');
  const setting = settingAt(references, path);
  if (issue.code === 'invalid_key') {
    const message = `The name "${path.at(-1)}" must begin with a lower-case letter and hold only lower-case letters, digits, "_" and "-".`;
    return { rule: 'bad-name', message };
  }
  if (value === undefined) {
    const table = path.slice(0, -1).join('.');
    const doc = setting === undefined || setting.doc === '' ? '' : ` (${setting.doc})`;
    return { rule: 'missing-key', message: `[${table}] needs ${path.at(-1)}${doc}: ${setting?.type ?? 'a value'}.` };
  }
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const meant = closestWord(value, setting?.choices ?? []);
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    return {
      rule: 'wrong-value',
      message: `${name} must be ${setting?.type ?? 'another value'}, not ${shown(value)}.${hint}`,
    };
  }
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union') {
    const type =
      setting?.type ??
      (typeof path.at(-1) === 'number' ? 'text in quotes' : 'text, a number, true, false, a list or a table');
    return { rule: 'wrong-type', message: `${name} must be ${type}, not ${shown(value)}.${typeHint(setting, value)}` };
  }
  return { rule: 'wrong-value', message: wrongValue(issue, name, setting, value) };
}

function wrongValue(
  issue: z.core.$ZodIssue,
  name: string,
  setting: SettingReference | undefined,
  value: unknown,
): string {
  if (value === '') return `${name} must not be empty.`;
  if (Array.isArray(value)) return `${name} must be ${setting?.type ?? 'a shorter list'}; it has ${value.length}.`;
  if (issue.code === 'invalid_format' && issue.format === 'url') {
    return `${name} must be a whole URL such as "http://127.0.0.1:30000/v1", not ${shown(value)}.`;
  }
  if (issue.code === 'invalid_format') {
    const example = typeof setting?.default === 'string' ? `, as "${setting.default}" has` : '';
    return `${name} does not have the form ${issue.pattern ?? issue.format}${example}: ${shown(value)}.`;
  }
  return `${name} must be ${setting?.type ?? 'another value'}, not ${shown(value)}.`;
}

function typeHint(setting: SettingReference | undefined, value: unknown): string {
  if (setting === undefined) return '';
  if (typeof value === 'string' && setting.type.startsWith('a list')) return ` Write it in brackets: ["${value}"].`;
  if (typeof value === 'string' && /number|true or false/.test(setting.type) && /^(true|false|[0-9.]+)$/.test(value)) {
    return ' Write it without quotes.';
  }
  if (typeof value === 'number' && setting.type === 'text in quotes') return ` Write it in quotes: "${value}".`;
  return '';
}

function unknownKey(
  table: readonly (string | number)[],
  key: string,
  references: readonly SettingReference[],
): SettingProblem {
  const known = keysIn(references, table);
  const meant = closestWord(key, known);
  const where = table.length === 0 ? '' : ` in [${table.join('.')}]`;
  const hint =
    nameHere(table, key) ?? (meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${meant}"?`);
  return { path: [...table, key], rule: 'unknown-key', message: `Unknown key "${key}"${where}. ${hint}` };
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a table or a date';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
