import type { App } from '../../app/createApp.ts';
import type { Json } from '../../base/json.ts';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import type { CostView } from '../../core/ledger/costView.ts';
import type { Redaction } from '../../core/run/redaction.ts';
import { createFeed, feedMessageSchema, SHORTEST_MS, type Feed, type FeedMessage } from '../../protocol/feed.ts';
import type { Cell, CellKey, CellKind } from '../../protocol/runPanel.ts';
import { inEditorWords } from './editorWords.ts';

/** One cost panel's cells, as they change. */
export interface CostFeed extends Disposable {
  restart(): void;
  acknowledge(seq: number): void;
}

/** Characters of a notice. */
const NOTICE = 2_000;

/** Follows the costs of a choice until it is disposed of. What cannot be read is told in the panel. */
export function openCostFeed(
  app: Pick<App, 'followCosts' | 'redaction'>,
  choice: CostChoice,
  send: (message: FeedMessage) => void,
): CostFeed {
  const following = new AbortController();
  // Names and texts come from a repository: nothing leaves before its secrets can be told.
  let redaction: Redaction | undefined;
  const feed = createFeed((message) => {
    if (redaction !== undefined) send(feedMessageSchema.parse(redaction.json(message as Json)));
  });
  const onProblem = (text: string): void =>
    feed.set('notice', { at: new Date().toISOString(), text: inEditorWords(text).slice(0, NOTICE) });
  const flushing = setInterval(() => {
    if (redaction !== undefined) feed.flush(Date.now());
  }, SHORTEST_MS);
  const follow = async (): Promise<void> => {
    redaction = await app.redaction();
    await app.followCosts(choice, { onView: (view) => showCosts(feed, view), onProblem }, following.signal);
  };
  follow().catch((error: unknown) => {
    if (!following.signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
  });
  return {
    restart: () => feed.restart(),
    acknowledge: (seq) => feed.acknowledge(seq),
    [Symbol.dispose]: () => {
      following.abort('closed');
      clearInterval(flushing);
    },
  };
}

/** The view as cells: a part that has not changed is not sent again. */
export function showCosts(feed: Pick<Feed, 'set'>, view: CostView): void {
  feed.set('notice', null);
  for (const [key, value] of costCells(view)) feed.set(key, value);
}

function costCells(view: CostView): readonly (readonly [CellKey, unknown])[] {
  return [
    cell('costTotal', view.total),
    cell('costBudgets', view.budgets),
    cell('costGroups/stage', view.perStage),
    cell('costGroups/model', view.perModel),
    cell('costGroups/role', view.perRole),
    cell('costGroups/spec', view.perSpec),
    cell('costTime', view.overTime),
    cell('costBillings', view.billings),
    cell('costCache', view.cache),
    cell('costClimbs', view.climbs),
    cell('costDrift', view.drift),
  ];
}

/** That a part has the shape of its cell, lists that nobody changes included. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Shown<Value[Key]> }
    : Value;

const cell = <Kind extends CellKind>(
  key: Kind | `${Kind}/${string}`,
  value: Shown<Cell<Kind>>,
): readonly [CellKey, unknown] => [key, value];
