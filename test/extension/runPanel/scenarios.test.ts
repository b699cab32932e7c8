import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEvent, type RunEvent } from '../../../src/core/run/event.ts';
import { foldRun } from '../../../src/core/run/view.ts';
import { cellSchemas, kindOfCell, type RunHead, type StageCell } from '../../../src/protocol/runPanel.ts';
import { foldedCells, HERE, NOBODY, type FoldedCells } from './foldedCells.ts';

/*
 * One folder, one run: events.jsonl and texts.json, recorded by test/support/recordRunPanel.ts, give cells.json. UPDATE=1 rewrites cells.json; read the
 * difference before keeping it.
 */
const root = path.join(import.meta.dirname, '../../scenarios/run-panel');

const textOf = (folder: string, name: string): string => readFileSync(path.join(root, folder, name), 'utf8');
const eventsOf = (folder: string): readonly RunEvent[] =>
  textOf(folder, 'events.jsonl')
    .trim()
    .split('\n')
    .map((line) => parseEvent(JSON.parse(line)));

function folded(folder: string, facts = NOBODY): FoldedCells {
  const cells = foldedCells(facts, JSON.parse(textOf(folder, 'texts.json')) as Record<string, string>);
  for (const event of eventsOf(folder)) cells.take(event);
  cells.settle();
  return cells;
}

describe('the cells of a run', () => {
  const folders = readdirSync(root).toSorted();
  for (const folder of folders) {
    it(folder, () => {
      const { shown } = folded(folder);
      const actual = `${JSON.stringify(Object.fromEntries(shown), undefined, 2)}\n`;
      const file = path.join(root, folder, 'cells.json');
      if (process.env['UPDATE'] === '1') writeFileSync(file, actual);
      assert.ok(existsSync(file), 'cells.json is missing: run with UPDATE=1 and read what it says');
      assert.deepEqual(JSON.parse(actual), JSON.parse(readFileSync(file, 'utf8')));
    });

    it(`${folder}: each is valid, after every event`, () => {
      const cells = foldedCells(HERE, JSON.parse(textOf(folder, 'texts.json')) as Record<string, string>);
      for (const event of eventsOf(folder)) {
        cells.take(event);
        checkValid(cells.shown);
      }
    });

    it(`${folder}: they say what the fold of the log says`, () => {
      const { shown } = folded(folder);
      const view = foldRun(eventsOf(folder));
      const head = shown.get('head') as RunHead;
      assert.deepEqual(
        [head.stage, head.settled, head.reserved, head.inDoubt, head.inputTokens, head.outputTokens, head.calls],
        [
          view.stage,
          view.spend.settled,
          view.spend.reserved,
          view.spend.inDoubt,
          view.spend.inputTokens,
          view.spend.outputTokens,
          view.spend.calls,
        ],
      );
      for (const stage of view.stages) {
        const cell = shown.get(`stage/${stage.stage}`) as StageCell;
        assert.deepEqual(
          [cell.state, cell.text, cell.startedAt, cell.endedAt, cell.workers, cell.microdollars],
          [stage.state, stage.text, stage.startedAt ?? null, stage.endedAt ?? null, stage.workers, stage.microdollars],
        );
      }
    });
  }

  it('are of at least nine runs', () => assert.ok(folders.length >= 9));
});

function checkValid(shown: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of shown) {
    const kind = kindOfCell(key);
    assert.ok(kind !== undefined, key);
    const parsed = cellSchemas[kind].safeParse(value);
    assert.ok(parsed.success, `${key}: ${JSON.stringify(parsed.error?.issues)}`);
  }
}

describe('a long run', () => {
  it('of 5,000 events costs a bounded number of messages and bytes', () => {
    const events = eventsOf('005-an-audit-sends-the-change-back');
    const cells = foldedCells(HERE);
    const started = performance.now();
    for (let index = 0; index < 5_000; index += 1) {
      const event = events[index % events.length];
      // The run begins once; after that its events come again and again under other tasks.
      if (event === undefined || (index > 0 && event.kind === 'RunStart')) continue;
      const round = Math.floor(index / events.length);
      const text = JSON.stringify({ ...event, seq: index + 1 });
      cells.take(JSON.parse(text.replaceAll('implement/T1/', `implement/T${round + 1}/`)) as RunEvent);
    }
    const milliseconds = Math.round(performance.now() - started);
    cells.settle();
    const { messages, bytes, largest } = cells.sent;
    process.stdout.write(
      `      ${milliseconds} ms with messages and their parsing, ${messages} messages, ${Math.round(bytes / 1024)} KB, largest ${largest} bytes, ${cells.shown.size} cells\n`,
    );
    checkValid(cells.shown);
    assert.ok(cells.shown.size <= 700 && messages <= 5_100 && bytes < 20 * 1024 * 1024 && largest < 256 * 1024);
  });

  it('sets no more cells for an event late in the run than for one early in it', () => {
    const events = eventsOf('001-a-run-leads-to-a-proposal');
    const measure = (rounds: number): number => {
      const cells = foldedCells(HERE);
      for (let round = 0; round < rounds; round += 1)
        for (const event of events)
          if (round === 0 || event.kind !== 'RunStart') cells.take({ ...event, seq: round * 1_000 + event.seq });
      cells.settle();
      const before = cells.sent.bytes;
      for (const event of events) if (event.kind !== 'RunStart') cells.take({ ...event, seq: 99_000 + event.seq });
      return cells.sent.bytes - before;
    };
    // The caps of lines and of an attempt's patches are reached by then.
    const [early, late] = [measure(40), measure(160)];
    assert.ok(late <= early * 1.05, `${early} bytes early, ${late} bytes late`);
  });
});
