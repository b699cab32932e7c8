import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where Debian and Ubuntu put it, and where others do. CHROMIUM names another one. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts the installed Chromium without a window. It ends with this process. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error(`no Chromium at ${PLACES.join(', ')}: install it or set CHROMIUM`);
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  // The sandbox needs rights a container lacks, and only pages of the test's own are opened.
  const words = ['--no-sandbox', '--disable-gpu', '--disable-sync', '--disable-dev-shm-usage', ...quiet];
  return chromium.launch({ executablePath, headless: true, args: words });
}
