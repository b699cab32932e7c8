import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { installation } from '../../support/scriptedProject.ts';
import type { CodeServer } from './codeServer.ts';
import { within } from './eventually.ts';
import { AGAIN_MS, ifTimeout, untilDone } from './untilDone.ts';

/*
 * The workbench as a person sees it: what a test finds and does goes through the page, by what is written on it. Each wait ends after 20 s at the latest.
 */

/** Where pictures go; a failure's are in `failures` below it. */
export const pictures = path.join(installation, 'dist/pictures');

const WAIT_MS = 20_000;
/** How long a command is looked for before it counts as not offered. */
const OFFER_MS = 6_000;
const OPEN_DEADLINE_MS = 60_000;

/** VS Code's own themes by the name in their list, and the class its workbench then has. */
const THEMES = {
  dark: ['Dark Modern', 'vs-dark'],
  light: ['Light Modern', 'vs'],
  'high-contrast': ['Dark High Contrast', 'hc-black'],
} as const;

export type Theme = keyof typeof THEMES;

export interface WorkbenchPage {
  readonly page: Page;
  /** Opens a folder, as a person would in the same window. Resolves when the workbench is painted; extensions start after that. */
  open(folder: string): Promise<void>;
  /** Runs a command by its title in the palette, category and all: `SpecKit: Show Log`. */
  runCommand(title: string): Promise<void>;
  /** Whether the palette offers the command. */
  offersCommand(title: string): Promise<boolean>;
  /** An item of the status bar by its whole id: `speckit-auto.speckit-auto.<id of the item>`. */
  statusBarItem(id: string): Locator;
  /** Shows a container of the activity bar by its title. */
  openContainer(title: string): Promise<void>;
  activityBarItem(title: string): Locator;
  /** A row of any tree in the side bar with this text. */
  treeRow(text: string | RegExp): Locator;
  /** The inner document of the webview panel with this title, whose tab is brought to the front. */
  panel(title: string): Promise<FrameLocator>;
  /** Toasts that are shown now. */
  notifications(): Locator;
  /** Clicks a button of the notification with this text. */
  pressInNotification(text: string, button: string): Promise<void>;
  /** The open quick pick or input box: `rows` are its entries, `input` its field. */
  quickPick(): { readonly widget: Locator; readonly input: Locator; row(text: string | RegExp): Locator };
  /** The tabs of all editor groups. */
  editorTabs(): Locator;
  /** The diff editor shown now; `modified` is its right side. */
  diffEditor(): { readonly editor: Locator; readonly original: Locator; readonly modified: Locator };
  /** A code lens by its text. */
  lens(text: string | RegExp): Locator;
  /**
   * Clicks the first lens with this text, until `done` is true. Lenses are drawn anew while documents and decisions arrive, and a click on one that is
   * replaced under it does nothing: then it is clicked again, as a person would.
   */
  pressLens(text: string | RegExp, done: () => Promise<boolean>): Promise<void>;
  /** Chooses an entry of the open context menu, which takes no click in its first moments. */
  chooseInMenu(text: string): Promise<void>;
  /** Rows of the source control view, which is opened: groups and files. */
  scmRows(): Promise<Locator>;
  /** Switches the colours and waits until they are there. */
  setTheme(theme: Theme): Promise<void>;
  /** Trusts the folder, as the item "Restricted Mode" of the status bar lets a person do. Only where the server keeps workspace trust on. */
  trustFolder(): Promise<void>;
  /** Writes dist/pictures/<name>.png after each text was seen, on the page or in a webview. Fails when one is not visible. */
  picture(name: string, texts: readonly string[]): Promise<void>;
  /** Closes all editors, notifications and open input boxes, so that the next test begins with an empty workbench. */
  reset(): Promise<void>;
}

/** Pixels. */
const USUAL_VIEWPORT = { width: 1400, height: 900 };

/** Opens the workbench on a folder in a page of its own. */
export async function openWorkbenchPage(
  browser: Browser,
  server: Pick<CodeServer, 'address'>,
  folder: string,
  viewport: { readonly width: number; readonly height: number } = USUAL_VIEWPORT,
): Promise<WorkbenchPage> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(WAIT_MS);
  const open = (opened: string): Promise<void> => show(page, server.address(opened));
  await open(folder);
  const runCommand = (title: string): Promise<void> => command(page, title);
  const treeRow = (text: string | RegExp): Locator => page.locator('.pane-body .monaco-list-row', { hasText: text });
  return {
    page,
    open,
    runCommand,
    offersCommand: (title) => offersCommand(page, title),
    statusBarItem: (id) => page.locator(`.statusbar-item[id="${id}"]`),
    openContainer: (title) => openContainer(page, title),
    activityBarItem: (title) => activityBarItem(page, title),
    treeRow,
    panel: (title) => panel(page, title),
    notifications: () => page.locator('.notifications-toasts .notification-toast'),
    pressInNotification: (text, button) =>
      page
        .locator('.notifications-toasts .notification-toast', { hasText: text })
        .locator('.monaco-button', { hasText: button })
        .click(),
    quickPick: () => {
      const widget = page.locator('.quick-input-widget');
      return {
        widget,
        input: widget.locator('.quick-input-box input'),
        row: (text) => widget.locator('.quick-input-list .monaco-list-row', { hasText: text }),
      };
    },
    editorTabs: () => page.locator('.tabs-container .tab'),
    diffEditor: () => {
      const editor = page.locator('.editor-instance .monaco-diff-editor:visible').first();
      return { editor, original: editor.locator('.editor.original'), modified: editor.locator('.editor.modified') };
    },
    lens: (text) => page.locator('.codelens-decoration a', { hasText: text }),
    pressLens: (text, done) =>
      untilDone(
        () => page.locator('.codelens-decoration a', { hasText: text }).first().click({ timeout: AGAIN_MS }),
        done,
      ),
    chooseInMenu: (text) => chooseInMenu(page, text),
    scmRows: async () => {
      await openContainer(page, 'Source Control');
      return page.locator('.scm-view .monaco-list-row');
    },
    setTheme: (theme) => setTheme(page, theme),
    trustFolder: () => trustFolder(page),
    picture: (name, texts) => picture(page, name, texts),
    reset: () => reset(page),
  };
}

async function show(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  await page
    .locator('.monaco-workbench .part.statusbar .statusbar-item')
    .first()
    .waitFor({ timeout: OPEN_DEADLINE_MS });
}

function activityBarItem(page: Page, title: string): Locator {
  // With a badge or a key the label goes on after the title.
  return page.locator(`.activitybar a.action-label[aria-label^="${title}"]`).first();
}

/** A click on the container that is shown already would hide the side bar. */
async function openContainer(page: Page, title: string): Promise<void> {
  const item = page.locator('.activitybar .action-item', {
    has: page.locator(`a.action-label[aria-label^="${title}"]`),
  });
  await item.waitFor();
  const isShown = ((await item.getAttribute('class')) ?? '').split(' ').includes('checked');
  if (!isShown) await item.click();
}

/**
 * Opens the palette with these words and returns its rows. F1 pressed while the workbench starts is lost, and a box that is closing takes no words:
 * it is tried again until the words stand there.
 */
async function palette(page: Page, words: string): Promise<Locator> {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  // Where the pointer rests on a row, that row's hover covers the others.
  await page.mouse.move(0, 0);
  const rows = await within(WAIT_MS, async () => {
    await page.keyboard.press('F1');
    const isFilled = await input.fill(`>${words}`, { timeout: 1_500 }).then(() => true, ifTimeout(false));
    return isFilled && (await input.isVisible()) ? widget.locator('.quick-input-list .monaco-list-row') : undefined;
  });
  if (rows === undefined) throw new Error(`the palette did not open for: ${words}`);
  return rows;
}

/** The row of the palette with exactly this title. The list does not grow while it is open, and extensions are still read when the workbench is painted. */
async function commandRow(page: Page, title: string, waitMs: number): Promise<Locator | undefined> {
  return within(waitMs, async () => {
    const rows = await palette(page, title);
    const row = rows.filter({ has: page.getByText(title, { exact: true }) }).first();
    if (await row.waitFor({ timeout: 1_000 }).then(() => true, ifTimeout(false))) return row;
    await page.keyboard.press('Escape');
    return undefined;
  });
}

async function command(page: Page, title: string): Promise<void> {
  const row = await commandRow(page, title, WAIT_MS);
  if (row === undefined) throw new Error(`the palette has no command ${title}`);
  await row.click();
  await row.waitFor({ state: 'hidden' });
}

async function offersCommand(page: Page, title: string): Promise<boolean> {
  const row = await commandRow(page, title, OFFER_MS);
  await page.keyboard.press('Escape');
  return row !== undefined;
}

/** A webview is drawn over the editor, not in it: only the title of its inner frame says whose it is. */
async function panel(page: Page, title: string): Promise<FrameLocator> {
  const tab = page.locator('.tabs-container .tab', { hasText: title }).first();
  if (!((await tab.getAttribute('class')) ?? '').split(' ').includes('active')) await tab.click();
  const shown = await within(WAIT_MS, async () => {
    for (const outer of await page.locator('iframe.webview').all()) {
      const inner = outer.contentFrame().locator(`iframe#active-frame[title="${title}"]`);
      if ((await outer.isVisible()) && (await inner.count()) > 0) return inner.contentFrame();
    }
    return undefined;
  });
  if (shown === undefined) throw new Error(`no panel is titled ${title}`);
  return shown;
}

async function chooseInMenu(page: Page, text: string): Promise<void> {
  const menu = page.locator('.monaco-menu');
  await menu.locator('.action-item', { hasText: text }).waitFor();
  await untilDone(
    () => menu.locator('.action-item', { hasText: text }).click({ timeout: AGAIN_MS }),
    async () => (await menu.count()) === 0,
  );
}

/** By the list of themes, as a person does it: a change of the settings file from outside is not always noticed. */
async function setTheme(page: Page, theme: Theme): Promise<void> {
  const [name, className] = THEMES[theme];
  const widget = page.locator('.quick-input-widget');
  await command(page, 'Preferences: Color Theme');
  await widget.locator('.quick-input-box input').fill(name);
  await widget
    .locator('.monaco-list-row', { has: page.getByText(name, { exact: true }) })
    .first()
    .click();
  await page.locator(`.monaco-workbench.${className}`).waitFor();
  await widget.waitFor({ state: 'hidden' });
}

async function trustFolder(page: Page): Promise<void> {
  const restricted = page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
  await restricted.click();
  await page
    .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
    .first()
    .click();
  await restricted.waitFor({ state: 'hidden' });
}

async function picture(page: Page, name: string, texts: readonly string[]): Promise<void> {
  for (const text of texts)
    if ((await within(WAIT_MS, async () => ((await isSeen(page, text)) ? true : undefined))) === undefined)
      throw new Error(`the picture ${name} does not show: ${text}`);
  mkdirSync(pictures, { recursive: true });
  await fontsLoaded(page);
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
}

/** Icons are letters of a font, and a webview that was just shown may not have it yet. */
async function fontsLoaded(page: Page): Promise<void> {
  // A frame that goes meanwhile is in no picture.
  for (const frame of page.frames())
    await frame.evaluate('document.fonts.ready.then(() => true)').catch(() => undefined);
}

async function isSeen(page: Page, text: string): Promise<boolean> {
  for (const frame of page.frames()) {
    // A frame may go while it is asked: it shows nothing then.
    const isVisible = await frame
      .getByText(text)
      .filter({ visible: true })
      .count()
      .catch(() => 0);
    if (isVisible > 0 && (await isFrameShown(frame))) return true;
  }
  return false;
}

/** Hidden webviews keep their documents: a text in one counts only when every frame around it is shown. */
async function isFrameShown(frame: ReturnType<Page['mainFrame']>): Promise<boolean> {
  for (let inner = frame; inner.parentFrame() !== null; inner = inner.parentFrame() as typeof frame) {
    const element = await inner.frameElement().catch(() => undefined);
    if (element === undefined || !(await element.isVisible().catch(() => false))) return false;
  }
  return true;
}

async function reset(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  if (await page.locator('.notifications-toasts .notification-toast').first().isVisible())
    await command(page, 'Notifications: Clear All Notifications');
  if (await page.locator('.tabs-container .tab').first().isVisible()) await command(page, 'View: Close All Editors');
  if (await page.locator('.part.panel').isVisible()) await command(page, 'View: Hide Panel');
}
