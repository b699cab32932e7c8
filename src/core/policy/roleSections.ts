/** What a section of AGENTS.md about one role asks for, as it is written. `role`: undefined for one that is never asked. */
export interface RoleSection {
  /** The heading's own word, in lower case. */
  readonly word: string;
  readonly role: SectionRole | undefined;
  readonly model: string | undefined;
  readonly temperature: string | undefined;
  readonly context: string | undefined;
}

export type SectionRole = 'architect' | 'implementer' | 'critic' | 'judge';

/** Sections that are read of one file. */
const SECTIONS = 20;
/** Characters of a value that are read. */
const VALUE = 120;

/** What headings call the roles, and those of their words that stand for nobody who is routed here. */
const WORDS: Readonly<Record<string, SectionRole | undefined>> = {
  architect: 'architect',
  planner: 'architect',
  builder: 'implementer',
  implementer: 'implementer',
  coder: 'implementer',
  critic: 'critic',
  judge: 'judge',
  auditor: 'judge',
  validator: undefined,
  tester: undefined,
  'security reviewer': undefined,
  'performance reviewer': undefined,
  librarian: undefined,
  tutor: undefined,
};
const KNOWN = Object.keys(WORDS).join('|');
/** A heading that is a role and nothing else: `## Architect`, `### Builder/Implementer`, `**Judge**`, `## The critic agent`. */
const HEADING = new RegExp(
  `^(?:the |role:? |agent:? )*(${KNOWN})(?:(?: ?[/&,] ?| and | or )(?:${KNOWN}))*(?: agent| role| model)?$`,
  'u',
);

const SETTING =
  /^\s*(?:[-*+]\s+)?[*_`]*(model|temperature|context)(?:[ _-](?:window|tokens|size|limit))?[*_`]*\s*[:=][*_`]*\s*(\S.*)$/iu;

/** The role sections of a text that ask for a model, a temperature or a context; code between fences is none. */
export function roleSections(text: string): readonly RoleSection[] {
  const sections: Writing[] = [];
  let section: Writing | undefined;
  let fence: string | undefined;
  for (const line of text.split(/\r?\n/u)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/u.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
      continue;
    }
    fence = mark;
    const heading = headingOf(line);
    if (heading !== undefined) section = begun(heading, sections);
    else if (section !== undefined) read(line, section);
  }
  return sections.filter(({ model, temperature, context }) => (model ?? temperature ?? context) !== undefined);
}

type Writing = { -readonly [Member in keyof RoleSection]: RoleSection[Member] };

function headingOf(line: string): string | undefined {
  const found = /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/u.exec(line) ?? /^\s*\*\*([^*]+?):?\*\*:?\s*$/u.exec(line);
  return found?.[1]?.slice(0, VALUE);
}

/** The section that a heading begins; undefined for one of something else. */
function begun(heading: string, sections: Writing[]): Writing | undefined {
  const plain = heading
    .replace(/[^\p{L}/&,: ]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
  const word = HEADING.exec(plain)?.[1];
  if (word === undefined || sections.length === SECTIONS) return undefined;
  const section = { word, role: WORDS[word], model: undefined, temperature: undefined, context: undefined };
  sections.push(section);
  return section;
}

/** The first of each counts. A remark in brackets behind a value is none of it. */
function read(line: string, section: Writing): void {
  const [, key = '', written = ''] = SETTING.exec(line) ?? [];
  const name = key.toLowerCase();
  if (name !== 'model' && name !== 'temperature' && name !== 'context') return;
  // What is told of it must not move a terminal's cursor.
  const value = written
    .replaceAll(/\p{C}/gu, '')
    .slice(0, VALUE)
    .replace(/\s+\(.*$/u, '')
    .replaceAll(/^[`"'*_]+|[`"'*_.,;]+$/gu, '')
    .trim();
  if (value !== '') section[name] ??= value;
}
