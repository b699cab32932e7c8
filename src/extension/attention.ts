import { commands, window, workspace, type Disposable } from 'vscode';
import type { Overviews } from './overviews.ts';
import { needText } from './words.ts';

/**
 * One notification for each new thing that needs a person, and only while they look elsewhere: who sees the window sees the badge. What was there when
 * the window opened is not news.
 */
export function createAttention(overviews: Overviews): Disposable {
  const known = new Map<string, Set<string>>();
  return overviews.onDidChange((folder) => {
    const needs = overviews.get(folder)?.needs ?? [];
    const keyOf = (need: (typeof needs)[number]): string => `${need.runId} ${need.kind} ${need.stage} ${need.count}`;
    const before = known.get(folder);
    known.set(folder, new Set(needs.map(keyOf)));
    if (before === undefined || window.state.focused) return;
    if (workspace.getConfiguration('speckitAuto').get<string>('notify') === 'never') return;
    for (const need of needs) {
      if (before.has(keyOf(need))) continue;
      const { label } = needText(need);
      const open = need.kind === 'review' ? 'Review' : 'Show';
      void window.showInformationMessage(`SpecKit: ${label} (${need.specId} ${need.title})`, open).then((chosen) => {
        if (chosen === undefined) return;
        const command = need.kind === 'review' ? 'speckitAuto.review' : 'speckitAuto.showRun';
        void commands.executeCommand(command, { folder, runId: need.runId });
      });
    }
  });
}
