import type { WorkbenchPage } from './workbenchPage.ts';

/** Reloads the window as a person does it: the editor keeps first what is open in it, which a page that goes without a word loses. */
export async function reloadWindow({ page, runCommand }: Pick<WorkbenchPage, 'page' | 'runCommand'>): Promise<void> {
  await Promise.all([page.waitForEvent('domcontentloaded'), runCommand('Developer: Reload Window')]);
}
