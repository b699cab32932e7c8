import { QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import type { Preview } from '../../app/preview.ts';
import { moneyForecastText, timeForecastText } from '../../app/forecastText.ts';
import { STAGES, type Stage } from '../../core/run/stage.ts';
import { requireTrust, type Editor } from '../editor.ts';
import { chooseSpec, type SpecAddress } from './choose.ts';
import { titleOf } from './runs.ts';

/** "SpecKit: Auto": which spec, what it would do, and then the run, shown behind what the person does. */
export async function auto(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const address = await chooseSpec(editor, row, 'SpecKit: Auto');
  if (address === undefined) return;
  const preview = await editor.engine.preview(address.folder, address.specId);
  const choice = await showPreview(preview);
  if (choice === undefined) return;
  await start(editor, address, { until: choice.until, ...(choice.isNew ? { start: 'new' } : {}) });
}

/** A stage by itself: the spec's newest unfinished run, or a new one, up to and including it. */
export async function runStage(editor: Editor, stage: Stage, row: unknown): Promise<void> {
  requireTrust();
  const address = await chooseSpec(editor, row, `SpecKit: run up to ${stage}`);
  if (address !== undefined) await start(editor, address, { until: stage });
}

async function start(
  editor: Editor,
  { folder, specId }: SpecAddress,
  request: { readonly until: Stage; readonly start?: 'new' },
): Promise<void> {
  const { runId } = await editor.engine.start(folder, { specId, ...request });
  // The overview knows by what name the panel goes.
  await editor.overviews.refresh(folder);
  editor.panels.show({ folder, runId }, titleOf(editor, { folder, runId }), 'behind');
}

interface Choice {
  readonly until: Stage;
  readonly isNew: boolean;
}

type PreviewItem = QuickPickItem & { readonly choice?: Choice };

/** What a run would do, as a list whose first rows start it. The other rows only tell. */
function showPreview(preview: Preview): Promise<Choice | undefined> {
  const pick = window.createQuickPick<PreviewItem>();
  pick.title = `SpecKit: Auto, ${preview.specId} ${preview.title}`;
  pick.placeholder = 'Nothing reaches your files before you approve it';
  pick.items = itemsOf(preview);
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const choice = pick.selectedItems[0]?.choice;
      if (choice === undefined) return;
      resolve(choice);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemsOf(preview: Preview): readonly PreviewItem[] {
  const told = (label: string, icon: string, description: string): PreviewItem => ({
    label,
    description,
    iconPath: new ThemeIcon(icon),
  });
  const heading = (label: string): PreviewItem => ({ label, kind: QuickPickItemKind.Separator });
  return [
    ...startItems(preview),
    ...(preview.problems.length === 0 ? [] : [heading('What stands in its way')]),
    ...preview.problems.slice(0, 10).map((problem) => told(problem, 'warning', '')),
    heading('What it would cost'),
    told(moneyForecastText(preview.estimate), 'credit-card', preview.estimate.basis),
    told(timeForecastText(preview.estimate), 'watch', ''),
    heading(`Your own commands, in a tree of the run’s own. ${preview.confinement}`),
    ...(preview.commands.length === 0
      ? [
          told(
            'none is configured',
            'warning',
            'you have to vouch for the change; "SpecKit: Set Up" finds a project’s checks',
          ),
        ]
      : preview.commands.map(({ name, command }) => told(name, 'terminal', command))),
    heading('Stages, and who does them'),
    ...preview.stages.map(({ stage, role, workers, why }) =>
      told(stage, role === 'person' ? 'account' : 'person', workers.length === 0 ? why : workers.join(', then ')),
    ),
  ];
}

function startItems({ unfinished, size }: Preview): readonly PreviewItem[] {
  const item = (label: string, icon: string, choice: Choice): PreviewItem => ({
    label,
    iconPath: new ThemeIcon(icon),
    choice,
  });
  const whole = STAGES.at(-1) ?? 'unlock';
  return [
    ...(unfinished === undefined
      ? [item('Start', 'play', { until: whole, isNew: false })]
      : [
          { ...item('Go on', 'debug-continue', { until: whole, isNew: false }), description: `run ${unfinished}` },
          item('Start a new run', 'play', { until: whole, isNew: true }),
        ]),
    ...(size === 'hotfix'
      ? []
      : [item('Start, and pause after the plan', 'debug-pause', { until: 'plan', isNew: unfinished !== undefined })]),
  ];
}
