import type { FrameLocator, Locator } from 'playwright-core';
import type { CallName } from '../../support/scriptedProject.ts';
import type { WorkbenchPage } from './workbenchPage.ts';

/** All calls of a run that nobody disturbs and whose model does everything right. */
export const UNDISTURBED: readonly CallName[] = [
  'brief',
  'plan',
  'critic-plan',
  'tasks',
  'implement',
  'implement',
  'implement',
  'critic-patch',
  'audit',
];

/** The run panel as a person sees it. */
export interface ShownRun {
  readonly panel: FrameLocator;
  /** The words of the header that say where the run stands: `Running`, `Waits for your review`. */
  state(words: string): Locator;
  button(name: string): Locator;
  /** A field of several lines by its label. */
  field(label: string): Locator;
}

/** Starts a run as a person does, from the palette, and returns its panel. */
export async function startAuto(workbench: WorkbenchPage, spec = 'SPEC-001 Greeting'): Promise<ShownRun> {
  await workbench.openContainer('SpecKit');
  await workbench.treeRow(spec).first().waitFor();
  await workbench.runCommand('SpecKit: Auto');
  await workbench.quickPick().row(spec).click();
  await workbench.quickPick().row('Start').first().click();
  return shownRun(workbench, spec);
}

/** The panel that is open for a run of this spec. */
export async function shownRun(workbench: WorkbenchPage, title = 'SPEC-001 Greeting'): Promise<ShownRun> {
  const panel = await workbench.panel(title);
  return {
    panel,
    state: (words) => panel.locator('.head .chip', { hasText: words }),
    button: (name) => panel.getByRole('button', { name, exact: true }),
    field: (label) => panel.getByRole('textbox', { name: label }),
  };
}
