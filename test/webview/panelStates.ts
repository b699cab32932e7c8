import assert from 'node:assert/strict';
import { openPanels, type PanelPage, type Panels, type Theme } from './panelPage.ts';

export const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast', 'high-contrast-light'];

/** A panel's states in the gallery. `words`: what each has to say; `fewestFigures`: of every state but `empty`; `pictures`: what the names of its pictures begin with. */
export interface PanelStates<State extends string> {
  readonly words: Readonly<Record<State, readonly string[]>>;
  readonly pictures: string;
  readonly fewestFigures: number;
  readonly open: (panels: Panels, state: State) => Promise<PanelPage>;
}

/** What every panel of pictures and tables has to be, in each of its states, at each width and in each theme. */
export function describeStates<State extends string>(
  panelName: string,
  { words, pictures, fewestFigures, open }: PanelStates<State>,
): void {
  describe(`the ${panelName} panel`, function () {
    this.timeout(60_000);
    let panels: Panels;
    before(async () => {
      panels = await openPanels();
    });
    after(() => panels[Symbol.asyncDispose]());

    for (const state of statesOf(words)) {
      describe(state, () => {
        let panel: PanelPage;
        before(async () => {
          panel = await open(panels, state);
        });
        after(() => panel.page.close());

        it('says what it must', async () => {
          assert.deepEqual(missing(await panel.page.locator('body').innerText(), words[state]), []);
          assert.equal(await panel.page.evaluate(() => 'attacked' in window), false);
          assert.equal(await panel.page.locator('.leftOut').count(), 0);
        });

        it('has a table beside each picture, and says each picture in words', async () => {
          const sections = await panel.page.locator('section.part:has(figure)').all();
          if (state !== 'empty') assert.ok(sections.length >= fewestFigures, String(sections.length));
          for (const section of sections) {
            assert.ok((await section.locator('table tbody tr').count()) > 0);
            assert.match((await section.locator('figure').getAttribute('aria-label')) ?? '', /\d/);
          }
        });

        it('never scrolls sideways, however narrow', async () => {
          for (const width of [320, 480, 1400]) {
            await panel.setWidth(width);
            if (width === 320) await panel.picture(`${pictures}-${state}-narrow`);
            assert.equal(await panel.page.evaluate(() => document.documentElement.scrollWidth), width);
          }
          await panel.setWidth(1000);
        });

        for (const theme of THEMES) {
          it(`has nothing serious wrong with it in ${theme}`, async () => {
            await panel.setTheme(theme);
            await panel.picture(`${pictures}-${state}-${theme}`);
            assert.deepEqual(await panel.violations(), []);
            assert.deepEqual(panel.complaints, []);
          });
        }
      });
    }
  });
}

/** The words that do not follow in their order. */
export function missing(text: string, words: readonly string[]): readonly string[] {
  let from = 0;
  return words.filter((word) => {
    const at = text.indexOf(word, from);
    if (at >= 0) from = at + word.length;
    return at < 0;
  });
}

function statesOf<State extends string>(words: Readonly<Record<State, unknown>>): readonly State[] {
  return Object.keys(words) as State[];
}
