import type { Configuration } from '../settings.ts';
import { configurationSchema } from '../settings.ts';
import type { SettingReference } from './settingsReference.ts';
import { ANY_NAME, settingsReference } from './settingsReference.ts';
import type { TomlInput } from './tomlText.ts';
import { tomlKey, tomlValue } from './tomlText.ts';

/** What is known of a repository when its speckit.toml is first written. */
export interface TemplateInput {
  readonly setup?: Partial<Configuration['setup']>;
  readonly checks: Configuration['checks'];
  readonly workers: Configuration['workers'];
  readonly routing: Partial<Omit<Configuration['routing'], 'librarian_long_context_tokens'>>;
}

/**
 * The text of a fresh speckit.toml: what was put in, and every other setting in a comment with its default and what it is for. Read back,
 * it gives exactly the values put in (an empty chain is left out) and the defaults for the rest.
 * Throws a TypeError when a worker's `extra_body` holds null, which TOML cannot say.
 */
export function configurationTemplate(input: TemplateInput): string {
  const references = settingsReference(configurationSchema);
  const topLevel = references.filter(({ path }) => path.length === 1);
  const values: Readonly<Record<string, Readonly<Record<string, TomlInput | undefined>>>> = {
    setup: { ...input.setup },
    checks: input.checks,
    workers: input.workers,
    routing: Object.fromEntries(Object.entries(input.routing).filter(([, chain]) => chain.length > 0)),
  };
  const blocks = [
    HEADER,
    ...topLevel.filter(({ kind }) => kind === 'value').map((setting) => settingLines(setting, undefined)),
    ...topLevel
      .filter(({ kind }) => kind === 'table')
      .map((table) => tableLines(table, references, values[table.path[0] ?? ''] ?? {})),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

const HEADER: readonly string[] = [
  '# Settings of SpecKit for this repository. They count over those in your own config.toml.',
  '# A setting in a comment shows its default: remove the "# " before it to change it.',
];

type Values = Readonly<Record<string, TomlInput | undefined>>;

function tableLines(
  table: SettingReference,
  references: readonly SettingReference[],
  values: Values,
): readonly string[] {
  const members = membersOf(table.path, references);
  if (members[0]?.path.at(-1) === ANY_NAME) return namedTables(table, members[0].path, references, values);
  // Tables within a table stand after what is its own: TOML would take what follows them for theirs.
  const tables = members.filter(({ kind, default: fallback }) => kind === 'table' && fallback !== undefined);
  const lines = members
    .filter((member) => !tables.includes(member))
    .flatMap((member) =>
      member.type === 'a list of tables'
        ? [...comment(member.doc), ...listOfTables(member, references)]
        : settingLines(member, values[member.path.at(-1) ?? '']),
    );
  const inner = tables.flatMap((member) => ['', ...tableLines(member, references, {})]);
  return [...comment(table.doc), `[${table.path.join('.')}]`, ...lines, ...inner];
}

/** Tables that are repeated: what each may hold. */
function listOfTables(setting: SettingReference, references: readonly SettingReference[]): readonly string[] {
  return [
    `# Each [[${setting.path.join('.')}]] may hold:`,
    ...membersOf([...setting.path, ANY_NAME], references).map(knownMember),
  ];
}

/** Tables the person names: what each may hold is told once, then come those put in, each with what differs from the defaults. */
function namedTables(
  table: SettingReference,
  pattern: readonly string[],
  references: readonly SettingReference[],
  values: Values,
): readonly string[] {
  const members = membersOf(pattern, references);
  const known = members.map(knownMember);
  const tables = Object.entries(values).flatMap(([name, value]) => [
    '',
    ...namedTable([...table.path, name], members, value),
  ]);
  return [...comment(table.doc), `# Each [${pattern.join('.')}] may hold:`, ...known, ...tables];
}

/** One setting of a table, told in a comment. */
function knownMember(member: SettingReference): string {
  const fallback = member.default === undefined ? '' : `; ${tomlValue(member.default)} when left out`;
  const doc = member.doc === '' ? '' : ` - ${member.doc}`;
  return `#   ${member.path.at(-1)}${member.required ? ' (needed)' : ''}: ${member.type}${fallback}${doc}`;
}

function namedTable(
  path: readonly string[],
  members: readonly SettingReference[],
  value: TomlInput | undefined,
): readonly string[] {
  const settings =
    typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map<string, TomlInput>();
  const lines = members.flatMap((member) => {
    const key = member.path.at(-1) ?? '';
    const setting = settings.get(key);
    const isDefault = setting === undefined || (!member.required && isEqual(setting, member.default));
    return isDefault ? [] : [`${key} = ${tomlValue(setting)}`];
  });
  return [`[${path.map(tomlKey).join('.')}]`, ...lines];
}

/** The setting as a line, or as a comment when nothing was put in. */
function settingLines(setting: SettingReference, value: TomlInput | undefined): readonly string[] {
  const key = setting.path.at(-1) ?? '';
  const doc = comment(setting.doc);
  if (value !== undefined) return [...doc, `${key} = ${tomlValue(value)}`];
  if (setting.default === undefined) return [...doc, `# ${key} = ${setting.type.startsWith('text') ? '""' : '...'}`];
  if (isEqual(setting.default, [])) return [...doc, `# ${key} = ["..."]`];
  return [...doc, `# ${key} = ${tomlValue(setting.default)}`];
}

function membersOf(table: readonly string[], references: readonly SettingReference[]): readonly SettingReference[] {
  return references.filter(
    ({ path }) => path.length === table.length + 1 && table.every((key, index) => path[index] === key),
  );
}

function comment(doc: string): readonly string[] {
  return doc === '' ? [] : [`# ${doc}`];
}

function isEqual(left: TomlInput | undefined, right: TomlInput | undefined): boolean {
  return left !== undefined && right !== undefined && JSON.stringify(left) === JSON.stringify(right);
}
