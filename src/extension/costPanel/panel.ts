import { commands } from 'vscode';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import type { CostAction, FeedAction } from '../../protocol/panelActions.ts';
import { createFolderPanels, type FolderPanelHooks, type FolderPanels, type OpenFolderPanel } from '../folderPanels.ts';
import { COST_PANEL_TYPE } from './type.ts';

/** The panel of costs: one for each workspace folder, with a choice of whose costs it shows. */
export type CostPanels = FolderPanels<CostChoice>;

export function createCostPanels(hooks: FolderPanelHooks): CostPanels {
  const { engine } = hooks;
  const openFeed = ({ folder, about, feed }: OpenFolderPanel<CostChoice>): Promise<void> =>
    engine.openCostFeed(folder, about, feed);
  return createFolderPanels<CostChoice, Exclude<CostAction, FeedAction>>(hooks, {
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
    async readAction(message) {
      const { costActionSchema } = await import('../../protocol/panelActions.ts');
      return costActionSchema.safeParse(message).data;
    },
    async act(open, action) {
      switch (action.kind) {
        case 'chooseCosts':
          open.about = action.choice;
          return openFeed(open);
        case 'openConfiguration':
          return commands.executeCommand('speckitAuto.openConfiguration');
      }
    },
  });
}
