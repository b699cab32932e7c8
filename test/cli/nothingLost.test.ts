import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { array, assert as assertAll, asyncProperty, constantFrom, nat, tuple } from 'fast-check';
import { CommandProblem } from '../../src/app/problem.ts';
import { approvalBench, type ApprovalBench } from '../support/approvalBench.ts';
import { RUN } from '../support/killedRun.ts';
import { openDocuments } from '../support/openDocuments.ts';
import { appOf } from '../support/projectApp.ts';
import { reviewedChange } from '../support/reviewedChange.ts';
import { configuration } from '../support/scriptedProject.ts';

const FILE = 'src/greet.js';

const DEEDS = ['type', 'type', 'typeOnDisk', 'save', 'edit', 'approve', 'approve', 'reject', 'undo'] as const;
type Deed = (typeof DEEDS)[number];

describe('what a person typed', () => {
  let bench: ApprovalBench;
  before(async () => {
    // A check that takes no time and fails without the change: what the checks say is not what this is about.
    const check = '"! test -f test/greet.test.js || grep -q Hello src/greet.js"';
    const toml = (url: string): string => configuration(url).replace('"node --test"', check);
    bench = await approvalBench({ ...reviewedChange(), toml });
  });
  after(() => bench[Symbol.asyncDispose]());

  it('is never lost over random edits, saves, approvals, rejections and undos, and an undo brings the bytes of before', async function () {
    this.timeout(120_000);
    const seen = new Set<string>();
    const deeds = array(tuple(constantFrom<Deed>(...DEEDS), nat(30)), { minLength: 4, maxLength: 9 });
    await assertAll(
      asyncProperty(deeds, async (all) => {
        bench.reset();
        const happened = await live(bench, all);
        for (const what of happened) seen.add(what);
      }),
      { numRuns: 20, seed: 20_261_121 },
    );
    for (const needed of ['applied', 'merged', 'undone'])
      assert.ok(seen.has(needed), `nothing was ever ${needed}, so the test has shown nothing: ${[...seen].join(', ')}`);
  });
});

/** Lives through the deeds and looks after each of them. Answers with what came of them. */
async function live(bench: ApprovalBench, all: readonly (readonly [Deed, number])[]): Promise<readonly string[]> {
  const documents = openDocuments();
  const app = appOf(bench.project, { unsaved: documents });
  const place = path.join(bench.project.root, FILE);
  const typed: string[] = [];
  const happened: string[] = [];
  let before: string | undefined;
  const withWord = (text: string, line: number): string => {
    const word = `// typed ${typed.length}`;
    typed.push(word);
    const lines = text.split('\n');
    return lines.toSpliced(line % lines.length, 0, word).join('\n');
  };

  const act = async (deed: Deed, line: number): Promise<string> => {
    switch (deed) {
      case 'type':
        documents.type(place, withWord(documents.textOf(place), line));
        return 'typed';
      case 'typeOnDisk':
        if (documents.isUnsaved(place)) documents.save(place);
        documents.type(place, withWord(documents.textOf(place), line));
        documents.save(place);
        return 'typed';
      case 'save':
        documents.save(place);
        return 'saved';
      case 'edit': {
        const file = (await app.detail(RUN)).review?.files.find(({ difference }) => difference.path === FILE);
        const text = file?.difference.after ?? '';
        await app.edit(RUN, { file: FILE, text: text.replace(/$/, `// proposed ${line}\n`) });
        return 'edited';
      }
      case 'approve': {
        const text = documents.textOf(place);
        const report = await app.approve(RUN, {});
        if (report.kind !== 'applied') return report.kind;
        before = text;
        return report.unsaved.length > 0 ? 'applied unsaved' : 'applied';
      }
      case 'reject':
        await app.reject(RUN, { file: FILE, hunk: 1 + (line % 2) }, 'no');
        return 'rejected';
      case 'undo':
        await app.undo(RUN);
        assert.equal(documents.textOf(place), before, 'an undo restores the bytes of before');
        return 'undone';
    }
  };

  for (const [deed, line] of all) {
    const disk = readFileSync(place, 'utf8');
    const text = documents.textOf(place);
    try {
      happened.push(await act(deed, line));
    } catch (error) {
      if (!(error instanceof CommandProblem)) throw error;
      assert.deepEqual(
        [readFileSync(place, 'utf8'), documents.textOf(place)],
        [disk, text],
        'a refusal writes nothing',
      );
      happened.push('refused');
    }
    const now = documents.textOf(place);
    for (const word of typed)
      assert.ok(now.split('\n').includes(word), `${word} is lost by ${deed}: ${happened.join(', ')}`);
    // What is unsaved reaches the disk by the person's own save only.
    if (deed !== 'save' && deed !== 'typeOnDisk' && documents.isUnsaved(place))
      assert.equal(readFileSync(place, 'utf8'), disk);
  }
  return happened;
}
