import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeChapter } from './page.ts';
import { ALTERED_KINDS } from './patchAltered.ts';
import { chanceOf } from './patchChance.ts';
import { written } from './patchDraft.ts';
import { byCommands, byJsdiff, bySpecKit, whyNot, type Outcome } from './patchEngines.ts';
import { nPlaces, type Disturbed, type Kind } from './patchKind.ts';
import { LAYOUT_KINDS } from './patchLayout.ts';
import { PLACE_KINDS } from './patchPlaces.ts';
import { sourcesIn, type Source } from './patchSource.ts';
import { judgementOf, patchPage, tallyOf, type ENGINES, type Tallies } from './patchTally.ts';

/*
 * How often a disturbed patch is applied rightly, refused, or applied WRONGLY, by SpecKit and by others on the same cases. The patches are
 * changes of real files of the installed packages. SpecKit reads each case in one of the forms it takes, in turn; the others as a unified diff.
 *   node test/bench/patch.ts [--seed N] [--seeds N] [--cases N] [--kind NAME] [--only-speckit] [--show N] [--judged refused|wrong] [--keep FOLDER] [--write]
 * `--seeds` takes so many seeds, counted up from `--seed` (the others get the cases of the first); `--keep` writes every wrong case to a folder as JSON; `--write` puts the chapter
 * into docs/performance.md.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    seeds: { type: 'string', default: '1' },
    cases: { type: 'string', default: '80' },
    kind: { type: 'string' },
    'only-speckit': { type: 'boolean', default: false },
    show: { type: 'string', default: '0' },
    judged: { type: 'string', default: '' },
    keep: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const KINDS: readonly Kind[] = [...LAYOUT_KINDS, ...PLACE_KINDS, ...ALTERED_KINDS];

interface Case extends Disturbed {
  readonly kind: Kind;
  readonly seed: number;
  readonly patch: string;
  readonly unified: string;
  readonly isUnclear: boolean;
}

const tallies: Tallies = new Map();
const times: number[] = [];
let nShown = 0;

const nCases = Number(values.cases);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.seed) + index);
const sources = sourcesIn(path.join(import.meta.dirname, '../../node_modules'));
const hasPatch = spawnSync('sh', ['-c', 'command -v patch']).status === 0;
const kinds = KINDS.filter((kind) => values.kind === undefined || kind.name.includes(values.kind));
const folder = mkdtempSync(path.join(tmpdir(), 'speckit-bench-patch-'));
try {
  for (const seed of seeds) for (const kind of kinds) await measure(kind, seed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const page = patchPage({
  kinds,
  tallies,
  times,
  seeds,
  nSources: sources.length,
  nCores: availableParallelism(),
  hasPatch,
});
process.stdout.write(page);
if (values.write) writeChapter('docs/performance.md', 'How patches land', page);

async function measure(kind: Kind, seed: number): Promise<void> {
  const cases = casesOf(kind, seed);
  cases.forEach(measureSpecKit);
  // The others start two processes for each case: the first seed is enough of them.
  if (values['only-speckit'] || seed !== seeds[0]) return;
  const half = (which: number): readonly Case[] => cases.filter((_, index) => index % 2 === which);
  await Promise.all([0, 1].map((which) => measureOthers(half(which), which)));
}

function casesOf(kind: Kind, seed: number): readonly Case[] {
  // Each kind has chance of its own, so that one more kind leaves the cases of the others as they are.
  const chance = chanceOf(seed ^ Buffer.from(kind.name).reduce((sum, byte) => Math.imul(sum, 31) + byte, 7));
  const cases: Case[] = [];
  for (let attempts = 0; cases.length < nCases && attempts < nCases * 200; attempts += 1) {
    const disturbed = kind.make(chance, chance.oneOf<Source>(sources));
    if (disturbed) cases.push(caseOf(kind, disturbed, seed, cases.length));
  }
  return cases;
}

function caseOf(kind: Kind, disturbed: Disturbed, seed: number, index: number): Case {
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
    seed,
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
  const isWanted = values.judged === '' ? judged !== 'correct' : judged === values.judged;
  if (!isWanted || nShown >= Number(values.show)) return;
  nShown += 1;
  show(item, judged, outcome);
}

function show(item: Case, judged: string, outcome: Outcome): void {
  process.stdout.write(`\n===== ${item.kind.name}: ${judged} (${item.path}, seed ${item.seed})\n${item.patch}\n`);
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

function count(engine: (typeof ENGINES)[number], item: Case, outcome: Outcome): string {
  const judged = judgementOf(item, outcome);
  tallyOf(tallies, engine, item.kind.name)[judged] += 1;
  if (judged === 'wrong' && engine === 'SpecKit' && values.keep !== undefined) keep(values.keep, item, outcome);
  return judged;
}

function keep(into: string, item: Case, outcome: Outcome): void {
  mkdirSync(into, { recursive: true });
  const name = `${item.kind.name.replaceAll(/\W+/g, '-')}-${item.seed}-${item.path.replaceAll('/', '_')}.json`;
  const { path: file, file: text, patch, expected } = item;
  writeFileSync(path.join(into, name), JSON.stringify({ path: file, text, patch, expected, outcome }));
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
