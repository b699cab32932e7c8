import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../workbench/support/chromium.ts';
import { openGallery, type PageName } from '../../webview/gallery/build.ts';
import type { CostStateName } from '../../webview/gallery/costStates.ts';
import type { ReflexStateName } from '../../webview/gallery/reflexStates.ts';
import type { StateName } from '../../webview/gallery/states.ts';

/*
 * The shipped modules of the panels in Chromium, in the shipped pages under the shipped content policy, with the gallery's host. Needs `npm run build`.
 */

export type Theme = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

const root = path.resolve(import.meta.dirname, '../..');
const pictures = path.join(root, 'dist/pictures/gallery');

export interface Panels {
  open(state: StateName, theme?: Theme, width?: number): Promise<PanelPage>;
  openCosts(state: CostStateName, theme?: Theme, width?: number): Promise<PanelPage>;
  openReflex(state: ReflexStateName, theme?: Theme, width?: number): Promise<PanelPage>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PanelPage {
  readonly page: Page;
  /** What the page complained of: refused by the content policy, warnings, errors. */
  readonly complaints: readonly string[];
  /** What the panel posted since the last call, without acknowledgements. */
  posted(): Promise<readonly unknown[]>;
  /** Sends the host's next message and waits until it is drawn. */
  change(...changes: readonly unknown[]): Promise<void>;
  /** Violations of axe-core that are serious or critical, as `rule: first element`. */
  violations(rules?: 'all' | 'withoutColours'): Promise<readonly string[]>;
  /** Changes the colours, or the width in pixels. */
  setTheme(theme: Theme): Promise<void>;
  setWidth(width: number): Promise<void>;
  picture(name: string): Promise<void>;
  /** Presses Tab until the element of that name has the focus; its position, or an error after 60. */
  tabTo(name: string): Promise<number>;
}

export async function openPanels(): Promise<Panels> {
  const gallery = await openGallery();
  mkdirSync(pictures, { recursive: true });
  const browser = await launchChromium();
  const context = await browser.newContext({ reducedMotion: 'reduce', timezoneId: 'UTC' });
  const open = (page: PageName, state: string, theme: Theme = 'dark', width = 1000): Promise<PanelPage> =>
    openPanel(context, `${gallery.address}${page}.html#${state}/${theme}`, width);
  return {
    open: (state, theme, width) => open('runPanel', state, theme, width),
    openCosts: (state, theme, width) => open('costPanel', state, theme, width),
    openReflex: (state, theme, width) => open('reflexPanel', state, theme, width),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await gallery[Symbol.asyncDispose]();
    },
  };
}

async function openPanel(context: BrowserContext, address: string, width: number): Promise<PanelPage> {
  const page = await context.newPage();
  await page.setViewportSize({ width, height: 800 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'info') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address);
  await drawn(page);
  return {
    page,
    complaints,
    posted: () =>
      page.evaluate(() =>
        window.fakeHost.posted.splice(0).filter((action) => !JSON.stringify(action).includes('"acknowledge"')),
      ),
    change: async (...changes) => {
      await page.evaluate((sent) => window.fakeHost.change(...sent), changes);
      await drawn(page);
    },
    violations: (rules = 'all') => violationsOf(page, rules),
    setTheme: (theme) => page.evaluate((name) => window.fakeHost.setTheme(name), theme),
    setWidth: (wide) => page.setViewportSize({ width: wide, height: 800 }),
    picture: async (name) => {
      await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: !name.startsWith('huge') });
    },
    tabTo: (name) => tabTo(page, name),
  };
}

/** Waits until the last message that the host sent has been acknowledged. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { posted, seq } = window.fakeHost;
    window.lastDrawn = posted.reduce<number>(
      (last, action) => (isAcknowledgement(action) ? Math.max(last, action.seq) : last),
      window.lastDrawn ?? 0,
    );
    function isAcknowledgement(action: unknown): action is { readonly seq: number } {
      return typeof action === 'object' && action !== null && 'seq' in action;
    }
    return seq > 0 && window.lastDrawn === seq;
  });
}

declare global {
  interface Window {
    lastDrawn?: number;
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violationsOf(page: Page, rules: 'all' | 'withoutColours'): Promise<readonly string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axeSource);
  const left = rules === 'all' ? '{}' : '{ "color-contrast": { enabled: false } }';
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { resultTypes: ["violations"], preload: false, rules: ${left} })`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
}

const MOST_TABS = 60;

async function tabTo(page: Page, name: string): Promise<number> {
  const passed: string[] = [];
  for (let count = 1; count <= MOST_TABS; count += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return '';
      const label = element.getAttribute('aria-label') ?? element.shadowRoot?.querySelector('textarea')?.ariaLabel;
      return (label ?? (element.closest('label') ?? element).textContent).trim();
    });
    passed.push(focused);
    if (focused === name) return count;
  }
  throw new Error(`${name} was not reached, but ${passed.join(' | ')}`);
}
