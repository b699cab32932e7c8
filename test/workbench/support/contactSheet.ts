import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { launchChromium } from './chromium.ts';
import { pictures } from './workbenchPage.ts';

/*
 * Puts all pictures of a run of the tests on one page, each under its name, as dist/pictures/contact-sheet.png. Run as a program.
 */

const SHEET = 'contact-sheet.png';
/** More would make a picture nobody reads. */
const MOST_PICTURES = 120;

const names = globSync('*.png', { cwd: pictures })
  .filter((name) => name !== SHEET)
  .sort()
  .slice(0, MOST_PICTURES);
if (names.length > 0) await drawSheet(names);

async function drawSheet(files: readonly string[]): Promise<void> {
  const figures = files.map((file) => {
    const bytes = readFileSync(path.join(pictures, file)).toString('base64');
    return `<figure><img src="data:image/png;base64,${bytes}"><figcaption>${path.basename(file, '.png')}</figcaption></figure>`;
  });
  const style =
    'body{margin:16px;display:grid;grid-template-columns:repeat(6,1fr);align-items:start;gap:16px;font:14px sans-serif}figure{margin:0}img{width:100%;border:1px solid #888}';
  await using browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 2400, height: 900 } });
  await page.setContent(`<!doctype html><meta charset="utf-8"><style>${style}</style>${figures.join('')}`);
  await page.screenshot({ path: path.join(pictures, SHEET), fullPage: true });
  process.stdout.write(`${files.length} pictures: ${path.join(pictures, SHEET)}\n`);
}
