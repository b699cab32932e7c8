import { SETTINGS } from './contributions/settings.ts';
import { WALKTHROUGH } from './contributions/walkthrough.ts';
import { WELCOME } from './contributions/welcome.ts';
import {
  REVIEW_ACTIVATION,
  REVIEW_COMMANDS,
  REVIEW_DEFAULTS,
  REVIEW_KEYS,
  REVIEW_MENUS,
} from './review/contributions.ts';

/*
 * What the extension contributes, declared once: package.json's `contributes` is generated from here (test/manifest.test.ts, UPDATE=1).
 * Every id begins with `speckitAuto`, because another extension uses `speckit`.
 */

interface CommandRow {
  readonly title: string;
  readonly category?: 'SpecKit';
  readonly icon?: string;
  readonly enablement?: string;
  /** `hidden`: needs the row or document it is called on. Shown when left out. */
  readonly palette?: 'shown' | 'hidden';
}

const IN_REPOSITORY = 'workspaceFolderCount > 0';
const TRUSTED = 'isWorkspaceTrusted && workspaceFolderCount > 0';

/** Commands by id, with the title the palette shows after `SpecKit: `. */
const OWN_COMMANDS = {
  'speckitAuto.auto': { title: 'Auto', icon: '$(play)', enablement: TRUSTED },
  'speckitAuto.new': { title: 'New Spec...', icon: '$(add)', enablement: TRUSTED },
  'speckitAuto.newFromSelection': {
    title: 'New Spec from Selection...',
    enablement: `${TRUSTED} && editorHasSelection`,
  },
  'speckitAuto.newFromFailingTest': { title: 'New Spec from Failing Test', icon: '$(beaker)', palette: 'hidden' },
  'speckitAuto.specify': { title: 'Specify', enablement: TRUSTED },
  'speckitAuto.clarify': { title: 'Clarify', enablement: TRUSTED },
  'speckitAuto.analyze': { title: 'Analyze', enablement: IN_REPOSITORY },
  'speckitAuto.checklist': { title: 'Checklist', enablement: TRUSTED },
  'speckitAuto.plan': { title: 'Plan', enablement: TRUSTED },
  'speckitAuto.tasks': { title: 'Tasks', enablement: TRUSTED },
  'speckitAuto.implement': { title: 'Implement', enablement: TRUSTED },
  'speckitAuto.validate': { title: 'Validate', enablement: TRUSTED },
  'speckitAuto.audit': { title: 'Audit', enablement: TRUSTED },
  'speckitAuto.unlock': { title: 'Unlock', enablement: TRUSTED },
  'speckitAuto.status': { title: 'Status', icon: '$(list-unordered)', enablement: IN_REPOSITORY },
  'speckitAuto.showRun': { title: 'Show Run', icon: '$(open-preview)', enablement: IN_REPOSITORY },
  'speckitAuto.showCosts': { title: 'Show Costs', icon: '$(graph)', enablement: IN_REPOSITORY },
  'speckitAuto.pauseRun': { title: 'Pause Run', icon: '$(debug-pause)', enablement: TRUSTED },
  'speckitAuto.stopRun': { title: 'Stop Run', icon: '$(debug-stop)', enablement: TRUSTED },
  'speckitAuto.resumeRun': { title: 'Continue Run', icon: '$(debug-continue)', enablement: TRUSTED },
  'speckitAuto.tellRun': { title: 'Tell the Run...', icon: '$(comment)', enablement: TRUSTED },
  'speckitAuto.undo': { title: 'Undo Applied Change', icon: '$(discard)', enablement: TRUSTED },
  'speckitAuto.tryProposal': { title: 'Open the Proposal and Try It', icon: '$(empty-window)', enablement: TRUSTED },
  'speckitAuto.explain': { title: 'Explain Run', icon: '$(question)', enablement: IN_REPOSITORY },
  'speckitAuto.replay': { title: 'Replay Run', icon: '$(debug-rerun)', enablement: TRUSTED },
  'speckitAuto.verifyLog': { title: "Verify a Run's Log", enablement: IN_REPOSITORY },
  'speckitAuto.cleanUp': { title: 'Clean Up Old Runs', enablement: TRUSTED },
  'speckitAuto.copyRunId': { title: 'Copy Run Id', palette: 'hidden' },
  'speckitAuto.review': { title: 'Review Changes', icon: '$(diff-multiple)', palette: 'hidden' },
  'speckitAuto.openSpec': { title: 'Open Spec', icon: '$(go-to-file)', palette: 'hidden' },
  'speckitAuto.openEvidence': { title: 'Open Evidence', palette: 'hidden' },
  'speckitAuto.init': { title: 'Set Up', enablement: TRUSTED },
  'speckitAuto.doctor': { title: 'What Was Found', enablement: IN_REPOSITORY },
  'speckitAuto.openConfiguration': { title: 'Open speckit.toml', icon: '$(gear)', enablement: IN_REPOSITORY },
  'speckitAuto.sample': { title: 'Try the Sample' },
  'speckitAuto.setKey': { title: 'Set Key...' },
  'speckitAuto.deleteKey': { title: 'Delete Key...' },
  'speckitAuto.reflexActions': { title: 'Reflex Server', enablement: IN_REPOSITORY },
  'speckitAuto.showReflex': { title: 'Show Local Server', icon: '$(graph)', enablement: IN_REPOSITORY },
  'speckitAuto.reflexHealth': { title: 'Check Local Server Health', enablement: TRUSTED },
  'speckitAuto.reflexModels': { title: 'Show Local Server Models', enablement: TRUSTED },
  'speckitAuto.reflexPlan': { title: 'Plan the Local Server', enablement: TRUSTED },
  'speckitAuto.reflexStart': { title: 'Start Local Server', enablement: TRUSTED },
  'speckitAuto.reflexStop': { title: 'Stop Local Server', enablement: TRUSTED },
  'speckitAuto.reflexRestart': { title: 'Restart Local Server', enablement: TRUSTED },
  'speckitAuto.reflexBakeoff': { title: 'Run a Bake-Off of the Local Server...', enablement: TRUSTED },
  'speckitAuto.reflexLog': { title: 'Show Local Server Log', enablement: IN_REPOSITORY },
  'speckitAuto.refresh': { title: 'Refresh', icon: '$(refresh)', palette: 'hidden' },
  'speckitAuto.showLog': { title: 'Show Log', icon: '$(output)' },
} as const satisfies Record<string, CommandRow>;

export const COMMANDS = { ...OWN_COMMANDS, ...REVIEW_COMMANDS };

export type OwnCommandId = keyof typeof OWN_COMMANDS;
export type CommandId = keyof typeof COMMANDS;

/** What wakes the extension beside its views and commands, which VS Code knows of by itself. */
export const ACTIVATION: readonly string[] = [
  'workspaceContains:specs/*/spec.md',
  'workspaceContains:speckit.toml',
  'workspaceContains:.specify',
  'onWebviewPanel:speckitAuto.costs',
  'onWebviewPanel:speckitAuto.reflex',
  'onWebviewPanel:speckitAuto.run',
  ...REVIEW_ACTIVATION,
].toSorted();

interface MenuRow {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

const row = (command: CommandId, when: string, group: string): MenuRow => ({ command, when, group });
const spec = 'view == speckitAuto.specs && viewItem =~ /^speckitAuto\\.spec(?:\\.|$)/';
const run = 'view == speckitAuto.specs && viewItem =~ /^speckitAuto\\.run\\./';
const runAt = (states: string): string =>
  `view == speckitAuto.specs && viewItem =~ /^speckitAuto\\.(?:run|spec)\\.(?:${states})$/`;

const OWN_MENUS: Readonly<Record<string, readonly MenuRow[]>> = {
  'view/title': [
    row('speckitAuto.auto', 'view == speckitAuto.specs', 'navigation@1'),
    row('speckitAuto.new', 'view == speckitAuto.specs', 'navigation@2'),
    row('speckitAuto.refresh', 'view == speckitAuto.specs', 'navigation@3'),
    row('speckitAuto.showCosts', 'view == speckitAuto.specs', '0_show@1'),
    row('speckitAuto.openConfiguration', 'view == speckitAuto.specs', '1_set@1'),
    row('speckitAuto.init', 'view == speckitAuto.specs', '1_set@2'),
    row('speckitAuto.doctor', 'view == speckitAuto.specs', '1_set@3'),
    row('speckitAuto.setKey', 'view == speckitAuto.specs', '1_set@4'),
    row('speckitAuto.cleanUp', 'view == speckitAuto.specs', '2_clean@1'),
  ],
  'view/item/context': [
    row('speckitAuto.auto', `${spec} && !(viewItem =~ /working$/)`, 'inline@1'),
    row('speckitAuto.review', runAt('proposed'), 'inline@2'),
    row('speckitAuto.stopRun', runAt('working'), 'inline@3'),
    row('speckitAuto.auto', spec, '1_run@1'),
    ...(['specify', 'plan', 'tasks', 'implement', 'validate', 'audit', 'unlock'] as const).map((stage, index) =>
      row(`speckitAuto.${stage}`, spec, `2_stages@${index + 1}`),
    ),
    row('speckitAuto.analyze', spec, '3_check@1'),
    row('speckitAuto.checklist', spec, '3_check@2'),
    row('speckitAuto.openSpec', spec, '4_open@1'),
    row('speckitAuto.showCosts', spec, '4_open@2'),
    row('speckitAuto.pauseRun', runAt('working'), '1_run@2'),
    row('speckitAuto.stopRun', runAt('working'), '1_run@3'),
    row('speckitAuto.tellRun', runAt('working|proposed|paused|stopped'), '1_run@4'),
    row(
      'speckitAuto.resumeRun',
      runAt('interrupted|paused|stopped|needsInput|gateFailed|blocked|infrastructure|configuration|rejected'),
      '1_run@5',
    ),
    row('speckitAuto.review', runAt('proposed'), '1_run@6'),
    row('speckitAuto.tryProposal', runAt('proposed|applied'), '1_run@7'),
    row('speckitAuto.undo', runAt('applied'), '1_run@8'),
    row('speckitAuto.showRun', run, '4_open@1'),
    row('speckitAuto.explain', run, '4_open@2'),
    row('speckitAuto.replay', run, '4_open@3'),
    row('speckitAuto.verifyLog', run, '4_open@4'),
    row('speckitAuto.copyRunId', run, '5_copy@1'),
  ],
  'editor/context': [
    row('speckitAuto.newFromSelection', 'editorHasSelection && resourceScheme == file', 'speckitAuto@1'),
  ],
  'testing/item/context': [row('speckitAuto.newFromFailingTest', 'isWorkspaceTrusted', 'speckitAuto@1')],
  'testing/message/context': [row('speckitAuto.newFromFailingTest', 'isWorkspaceTrusted', 'speckitAuto@1')],
};

/** package.json's `contributes`, whole. */
export function contributions(): Readonly<Record<string, unknown>> {
  const rows = Object.entries(COMMANDS as Readonly<Record<string, CommandRow>>);
  const hidden = rows.flatMap(([command, { palette }]) => (palette === 'hidden' ? [{ command, when: 'false' }] : []));
  return {
    commands: rows.map(([command, { palette: _palette, ...shown }]) => ({ command, category: 'SpecKit', ...shown })),
    viewsContainers: { activitybar: [{ id: 'speckitAuto', title: 'SpecKit', icon: 'media/speckit.svg' }] },
    views: {
      speckitAuto: [
        { id: 'speckitAuto.needs', name: 'Needs You', icon: 'media/speckit.svg', contextualTitle: 'SpecKit' },
        { id: 'speckitAuto.specs', name: 'Specs', icon: 'media/speckit.svg', contextualTitle: 'SpecKit' },
      ],
    },
    viewsWelcome: WELCOME,
    menus: { ...merged(OWN_MENUS, REVIEW_MENUS), commandPalette: hidden },
    keybindings: REVIEW_KEYS,
    configuration: SETTINGS,
    configurationDefaults: REVIEW_DEFAULTS,
    walkthroughs: WALKTHROUGH,
  };
}

function merged(
  ...menus: readonly Readonly<Record<string, readonly MenuRow[]>>[]
): Readonly<Record<string, readonly MenuRow[]>> {
  const names = [...new Set(menus.flatMap((menu) => Object.keys(menu)))];
  return Object.fromEntries(names.map((name) => [name, menus.flatMap((menu) => menu[name] ?? [])]));
}
