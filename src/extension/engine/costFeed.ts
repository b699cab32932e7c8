import type { App } from '../../app/createApp.ts';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import type { CostView } from '../../core/ledger/costView.ts';
import type { Feed, FeedMessage } from '../../protocol/feed.ts';
import type { Cell, CellKey, CellKind } from '../../protocol/runPanel.ts';
import { openFollowedFeed, type FollowedFeed } from './followedFeed.ts';

/** Follows the costs of a choice until it is disposed of. What cannot be read is told in the panel. */
export function openCostFeed(
  app: Pick<App, 'followCosts' | 'redaction'>,
  choice: CostChoice,
  send: (message: FeedMessage) => void,
): FollowedFeed {
  return openFollowedFeed(
    app,
    (feed, onProblem, signal) =>
      app.followCosts(choice, { onView: (view) => showCosts(feed, view), onProblem }, signal),
    send,
  );
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
