import { MarkdownString, StatusBarAlignment, window, type Disposable } from 'vscode';
import type { RunSummary } from '../../app/overview.ts';
import type { Overviews } from '../overviews.ts';
import { costText, runStateText } from '../words.ts';

/** The left status-bar item: the run at work, or how many things need the person. Hidden when there is neither. */
export function createRunItem(overviews: Overviews): Disposable {
  const item = window.createStatusBarItem('speckitAuto.run', StatusBarAlignment.Left, 10);
  item.name = 'SpecKit run';
  const update = (): void => {
    const all = overviews.all();
    const working = all.flatMap(({ folder, overview }) =>
      overview.runs.filter(({ at }) => at === 'working').map((run) => ({ folder, run })),
    );
    const nNeeds = all.reduce((sum, { overview }) => sum + overview.needs.length, 0);
    const [first] = working;
    if (first !== undefined) {
      const more = working.length > 1 ? ` +${working.length - 1}` : '';
      item.text = `$(sync~spin) ${first.run.specId} ${runStateText(first.run)} ${costText(first.run.microdollars)}${more}`;
      item.tooltip = tooltipOf(working.map(({ run }) => run));
      item.command = {
        command: 'speckitAuto.showRun',
        title: 'Show Run',
        arguments: [{ folder: first.folder, runId: first.run.runId }],
      };
      item.accessibilityInformation = { label: `SpecKit: ${first.run.specId} ${runStateText(first.run)}` };
      item.show();
      return;
    }
    if (nNeeds === 0) {
      item.hide();
      return;
    }
    item.text = `$(bell-dot) SpecKit: ${nNeeds} ${nNeeds === 1 ? 'needs' : 'need'} you`;
    item.tooltip = 'Show what needs you';
    item.command = 'speckitAuto.status';
    item.accessibilityInformation = { label: `SpecKit: ${nNeeds} ${nNeeds === 1 ? 'thing needs' : 'things need'} you` };
    item.show();
  };
  const listening = overviews.onDidChange(update);
  return {
    dispose: () => {
      listening.dispose();
      item.dispose();
    },
  };
}

function tooltipOf(runs: readonly RunSummary[]): MarkdownString {
  const text = new MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: ['speckitAuto.pauseRun', 'speckitAuto.stopRun'] };
  for (const run of runs.slice(0, 8))
    text.appendText(`${run.specId} ${run.title}: ${runStateText(run)}, ${costText(run.microdollars)}\n\n`);
  text.appendMarkdown(
    '[$(debug-pause) Pause](command:speckitAuto.pauseRun "Pause the run") · [$(debug-stop) Stop](command:speckitAuto.stopRun "Stop the run")',
  );
  return text;
}
