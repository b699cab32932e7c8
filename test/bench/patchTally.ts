import type { Group, Kind } from './patchKind.ts';
import { table } from './table.ts';

/** Whom the same cases are given to. */
export const ENGINES = ['SpecKit', 'git apply', 'patch -F3', 'jsdiff fuzz 3'] as const;

interface Tally {
  correct: number;
  refused: number;
  wrong: number;
}

/** What became of the cases, by engine and kind (with a line end between them). */
export type Tallies = Map<string, Tally>;

export function tallyOf(tallies: Tallies, engine: string, kind: string): Tally {
  const key = `${engine}\n${kind}`;
  const tally = tallies.get(key) ?? { correct: 0, refused: 0, wrong: 0 };
  tallies.set(key, tally);
  return tally;
}

interface JudgedCase {
  readonly file: string;
  readonly expected: string | undefined;
  readonly isUnclear: boolean;
}

/** How an outcome (the file's new text, or undefined) counts. Whoever reports success and has left the file as it was did no harm: that is refused. */
export function judgementOf(item: JudgedCase, outcome: string | undefined): keyof Tally {
  const isRefused = outcome === undefined || outcome === item.file;
  const isRight = isRefused
    ? item.expected === undefined || item.isUnclear || item.expected === item.file
    : outcome === item.expected;
  if (isRight) return 'correct';
  return isRefused ? 'refused' : 'wrong';
}

const GOALS: Readonly<Record<Group, string>> = {
  layout: 'headers, line ends, white space (goal 99 %)',
  place: 'place to be told (goal 97 %)',
  altered: 'elided or altered context (goal 90 %)',
  refuse: 'refusing is right',
};

/** What was measured. Times are milliseconds, one for each case. */
export interface Measured {
  readonly kinds: readonly Kind[];
  readonly tallies: Tallies;
  readonly times: readonly number[];
  readonly seeds: readonly number[];
  readonly nSources: number;
  readonly nCores: number;
  readonly hasPatch: boolean;
}

/** The chapter of docs/performance.md: shares of each kind, of each goal and of all, for each engine that was asked, and SpecKit's times. */
export function patchPage({ kinds, tallies, times, seeds, nSources, nCores, hasPatch }: Measured): string {
  const shown = ENGINES.filter((engine) => [...tallies.keys()].some((key) => key.startsWith(`${engine}\n`)));
  const of = (engine: string, names: readonly string[]): readonly Tally[] =>
    names.map((name) => tallyOf(tallies, engine, name));
  const row = (title: string, names: readonly string[]): readonly string[] => [
    title,
    String(nIn(of('SpecKit', names))),
    ...shown.map((engine) => shares(of(engine, names))),
  ];
  const groups = (Object.keys(GOALS) as Group[]).map((group) =>
    row(
      `**${GOALS[group]}**`,
      kinds.filter((kind) => kind.group === group).map((kind) => kind.name),
    ),
  );
  const all = kinds.map((kind) => kind.name);
  const nWrong = of('SpecKit', all).reduce((sum, tally) => sum + tally.wrong, 0);
  const sorted = [...times].sort((left, right) => left - right);
  const time = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`;
  const named =
    seeds.length === 1
      ? `Seed ${seeds[0]}`
      : `${seeds.length} seeds from ${seeds[0]} on (the others on the first of them)`;
  return [
    '# How patches land',
    '',
    `Written by \`npm run bench:patch -- --write\`. ${named}, ${nSources} files of the installed packages. Each cell: share correct / refused / WRONG, in per cent (a half-applied patch is wrong; refusing is correct where that is the right answer, or where nothing in the patch tells one of several equal places).`,
    ...(hasPatch ? [] : ['GNU patch is not installed: its column is missing.']),
    '',
    table(
      ['Disturbance', 'Cases', ...shown],
      [...all.map((name) => row(name, [name])), ...groups, row('**all (goal 97 %, none wrong)**', all)],
    ),
    '',
    `SpecKit: ${nWrong} of ${times.length} wrong; median ${time(0.5)}, p99 ${time(0.99)}, longest ${time(0.9999)} to parse and apply on ${nCores} cores (goals: 0.5 ms and 20 ms).`,
    '',
  ].join('\n');
}

function nIn(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { correct, refused, wrong }) => sum + correct + refused + wrong, 0);
}

function shares(tallies: readonly Tally[]): string {
  const all = nIn(tallies);
  const share = (key: keyof Tally): string => {
    const sum = tallies.reduce((before, tally) => before + tally[key], 0);
    return all === 0 ? '-' : shareText(sum, all);
  };
  return `${share('correct')} / ${share('refused')} / ${share('wrong')}`;
}

/** A share in per cent with one decimal, more where that would hide that there are any. */
function shareText(count: number, all: number): string {
  const percent = (100 * count) / all;
  return count > 0 && percent < 0.05 ? percent.toFixed(3) : percent.toFixed(1).replace('.0', '');
}
