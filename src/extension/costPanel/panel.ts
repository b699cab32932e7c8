import { commands } from 'vscode';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import { createFolderPanels, type FolderPanelHooks, type FolderPanels, type OpenFolderPanel } from '../folderPanels.ts';
import { COST_PANEL_TYPE } from './type.ts';

/** The panel of costs: one for each workspace folder, with a choice of whose costs it shows. */
export type CostPanels = FolderPanels<CostChoice>;

export function createCostPanels(hooks: FolderPanelHooks): CostPanels {
  const { engine, onProblem } = hooks;
  const openFeed = ({ folder, about, feed }: OpenFolderPanel<CostChoice>): Promise<void> =>
    engine.openCostFeed(folder, about, feed);
  return createFolderPanels<CostChoice>(hooks, {
    type: COST_PANEL_TYPE,
    icon: 'graph',
    page: 'costPanel',
    title: 'SpecKit costs',
    dataOf: ({ whose, spec, period }) => ({ whose, spec, period }),
    async aboutOf({ whose, spec, period }) {
      const { costChoiceSchema } = await import('../../protocol/panelActions.ts');
      return costChoiceSchema.safeParse({ whose, spec, period }).data;
    },
    openFeed,
    async receive(open, message) {
      const { costActionSchema } = await import('../../protocol/panelActions.ts');
      const parsed = costActionSchema.safeParse(message);
      if (!parsed.success) {
        onProblem('The cost panel sent a message that is none of its actions; it was dropped.');
        return;
      }
      const action = parsed.data;
      switch (action.kind) {
        case 'ready':
          return openFeed(open);
        case 'acknowledge':
          return engine.acknowledgeFeed(open.feed, action.seq);
        case 'chooseCosts':
          open.about = action.choice;
          return openFeed(open);
        case 'openConfiguration':
          return commands.executeCommand('speckitAuto.openConfiguration');
      }
    },
  });
}
