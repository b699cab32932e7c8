import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ALTERED_KINDS } from './patchAltered.ts';
import { chanceOf } from './patchChance.ts';
import { written } from './patchDraft.ts';
import { byCommands, byJsdiff, bySpecKit, whyNot, type Outcome } from './patchEngines.ts';
import { nPlaces, type Disturbed, type Group, type Kind } from './patchKind.ts';
import { LAYOUT_KINDS } from './patchLayout.ts';
import { PLACE_KINDS } from './patchPlaces.ts';
import { sourcesIn, type Source } from './patchSource.ts';
import { table } from './table.ts';

/*
 * How often a disturbed patch is applied rightly, refused, or applied WRONGLY, by SpecKit and by others on the same cases. The patches are
 * changes of real files of the installed packages. SpecKit reads each case in one of the forms it takes, in turn; the others as a unified diff.
 *   node test/bench/patch.ts [--seed N] [--cases N] [--kind NAME] [--only-speckit] [--show N]
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    cases: { type: 'string', default: '80' },
    kind: { type: 'string' },
    'only-speckit': { type: 'boolean', default: false },
    show: { type: 'string', default: '0' },
  },
});

const KINDS: readonly Kind[] = [...LAYOUT_KINDS, ...PLACE_KINDS, ...ALTERED_KINDS];
const GOALS: Readonly<Record<Group, string>> = {
  layout: 'headers, line ends, white space (goal 99 %)',
  place: 'place to be told (goal 97 %)',
  altered: 'elided or altered context (goal 90 %)',
  refuse: 'refusing is right',
};

interface Case extends Disturbed {
  readonly kind: Kind;
  readonly patch: string;
  readonly unified: string;
  readonly isUnclear: boolean;
}

interface Tally {
  correct: number;
  refused: number;
  wrong: number;
}

type Judged = keyof Tally;

const engines = ['SpecKit', 'git apply', 'patch -F3', 'jsdiff fuzz 3'] as const;
const tallies = new Map<string, Tally>();
const times: number[] = [];
let nShown = 0;

const seed = Number(values.seed);
const nCases = Number(values.cases);
const sources = sourcesIn(path.join(import.meta.dirname, '../../node_modules'));
const hasPatch = spawnSync('sh', ['-c', 'command -v patch']).status === 0;
const kinds = KINDS.filter((kind) => values.kind === undefined || kind.name.includes(values.kind));
const folder = mkdtempSync(path.join(tmpdir(), 'speckit-bench-patch-'));
try {
  for (const kind of kinds) {
    const cases = casesOf(kind);
    cases.forEach(measureSpecKit);
    if (!values['only-speckit'])
      await Promise.all(
        [0, 1].map((half) =>
          measureOthers(
            cases.filter((_, index) => index % 2 === half),
            half,
          ),
        ),
      );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

function casesOf(kind: Kind): readonly Case[] {
  // Each kind has chance of its own, so that one more kind leaves the cases of the others as they are.
  const chance = chanceOf(seed ^ Buffer.from(kind.name).reduce((sum, byte) => Math.imul(sum, 31) + byte, 7));
  const cases: Case[] = [];
  for (let attempts = 0; cases.length < nCases && attempts < nCases * 200; attempts += 1) {
    const disturbed = kind.make(chance, chance.oneOf<Source>(sources));
    if (disturbed) cases.push(caseOf(kind, disturbed, cases.length));
  }
  return cases;
}

function caseOf(kind: Kind, disturbed: Disturbed, index: number): Case {
  const format = kind.formats[index % kind.formats.length] ?? 'unified';
  const carried = disturbed.carried ?? ((patch: string) => patch);
  const lines = disturbed.file.split('\n');
  // Without numbers that hold, lines that stand in the file more than once leave it open which are meant.
  const isNumbered =
    format === 'unified' &&
    disturbed.hunks.every((hunk) => hunk.header === undefined) &&
    kind.name !== 'wrong line numbers';
  const isUnclear = kind.group !== 'place' && !isNumbered && disturbed.hunks.some((hunk) => nPlaces(lines, hunk) > 1);
  return {
    ...disturbed,
    kind,
    isUnclear: isUnclear || disturbed.mayRefuse === true,
    patch: carried(written(disturbed.path, disturbed.hunks, format)),
    unified: carried(written(disturbed.path, disturbed.hunks, 'unified')),
  };
}

function measureSpecKit(item: Case): void {
  const outcome = bySpecKit(item.path, item.file, item.patch);
  // The better of two runs: what else the computer does meanwhile is no time of the engine's.
  times.push(Math.min(...[1, 2].map(() => timed(() => bySpecKit(item.path, item.file, item.patch)))));
  const judged = count('SpecKit', item, outcome);
  const isShown = judged !== 'correct' && nShown < Number(values.show);
  if (!isShown) return;
  nShown += 1;
  process.stdout.write(`\n===== ${item.kind.name}: ${judged} (${item.path})\n${item.patch}\n`);
  if (judged === 'refused') process.stdout.write(`----- why\n${whyNot(item.path, item.file, item.patch)}\n`);
  if (judged === 'wrong')
    process.stdout.write(
      `----- lines that came out otherwise\n${difference(item.expected ?? item.file, outcome ?? '')}\n`,
    );
}

function timed(act: () => unknown): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

async function measureOthers(cases: readonly Case[], half: number): Promise<void> {
  const at = path.join(folder, String(half));
  mkdirSync(at);
  const outcomes = await byCommands(
    at,
    cases.map((item) => ({ file: item.path, text: item.file, patch: item.unified })),
  );
  for (const [index, item] of cases.entries()) {
    count('git apply', item, outcomes[index]?.git);
    if (hasPatch) count('patch -F3', item, outcomes[index]?.patch);
    count('jsdiff fuzz 3', item, byJsdiff(item.file, item.unified));
  }
}

function count(engine: (typeof engines)[number], item: Case, outcome: Outcome): Judged {
  const key = `${engine}\n${item.kind.name}`;
  const tally = tallies.get(key) ?? { correct: 0, refused: 0, wrong: 0 };
  tallies.set(key, tally);
  // Whoever reports success and has left the file as it was did no harm: that counts as refused.
  const isRefused = outcome === undefined || outcome === item.file;
  const isRight = isRefused
    ? item.expected === undefined || item.isUnclear || item.expected === item.file
    : outcome === item.expected;
  const judged = isRight ? 'correct' : isRefused ? 'refused' : 'wrong';
  tally[judged] += 1;
  return judged;
}

function difference(expected: string, found: string): string {
  const left = expected.split('\n');
  const right = found.split('\n');
  const from = left.findIndex((line, index) => line !== right[index]);
  return [left, right]
    .map((lines) =>
      lines
        .slice(Math.max(0, from - 3), from + 6)
        .map((line) => JSON.stringify(line))
        .join('\n'),
    )
    .join('\n--- came out:\n');
}

function print(): void {
  const shown = engines.filter((engine) => [...tallies.keys()].some((key) => key.startsWith(`${engine}\n`)));
  const cells = (names: readonly string[]): readonly string[] =>
    shown.map((engine) => shares(names.map((name) => tallies.get(`${engine}\n${name}`))));
  const nOf = (names: readonly string[]): string =>
    String(names.reduce((sum, name) => sum + total(tallies.get(`SpecKit\n${name}`)), 0));
  const rows = kinds.map(({ name }) => [name, nOf([name]), ...cells([name])]);
  const sums = (Object.keys(GOALS) as Group[]).map((group) => {
    const names = kinds.filter((kind) => kind.group === group).map((kind) => kind.name);
    return [`**${GOALS[group]}**`, nOf(names), ...cells(names)];
  });
  const all = kinds.map((kind) => kind.name);
  const sorted = [...times].sort((left, right) => left - right);
  const time = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`;
  process.stdout.write(
    [
      `Seed ${seed}, ${sources.length} files. Each cell: share correct / refused / WRONG, in per cent (a half-applied patch is wrong; refusing is correct`,
      'where that is the right answer, or where nothing in the patch tells one of several equal places).',
      ...(hasPatch ? [] : ['GNU patch is not installed: its column is missing.']),
      '',
      table(
        ['Disturbance', 'Cases', ...shown],
        [...rows, ...sums, ['**all (goal 97 %, none wrong)**', nOf(all), ...cells(all)]],
      ),
      '',
      `SpecKit: median ${time(0.5)}, p99 ${time(0.99)}, longest ${time(0.9999)} (parse and apply; goals: 0.5 ms and 20 ms).`,
      '',
    ].join('\n'),
  );
}

function total(tally: Tally | undefined): number {
  return tally ? tally.correct + tally.refused + tally.wrong : 0;
}

function shares(items: readonly (Tally | undefined)[]): string {
  const sum = (key: Judged): number => items.reduce((before, item) => before + (item?.[key] ?? 0), 0);
  const all = sum('correct') + sum('refused') + sum('wrong');
  const share = (key: Judged): string => (all === 0 ? '-' : ((100 * sum(key)) / all).toFixed(1).replace('.0', ''));
  return `${share('correct')} / ${share('refused')} / ${share('wrong')}`;
}
