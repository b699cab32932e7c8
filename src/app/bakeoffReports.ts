import path from 'node:path';
import { parsedJson } from '../base/parsedJson.ts';
import { bakeoffReportSchema } from '../core/reflex/bakeoffReport.ts';
import type { FoundReport } from '../core/reflex/promotion.ts';
import { evalNames } from './evalFolder.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { readTextFile } from './textFile.ts';

/** What the names of reports begin with; then their time, and `.json` or `.md`. */
export const BAKEOFF_REPORT = 'reflex-bakeoff-';

/** Reports read, the newest; bytes of one. */
const MOST = 50;
const BYTES = 4_000_000;

/** The names of the newest reports of bake-offs in a repository's EVAL_FOLDER, at most 50, oldest first. */
export async function bakeoffReportNames(root: string): Promise<readonly string[]> {
  const names = (await evalNames(root)).filter((name) => name.startsWith(BAKEOFF_REPORT) && name.endsWith('.json'));
  return names.slice(-MOST);
}

/** The readable reports of bake-offs in a repository, oldest first, by name. A file that is none, or was damaged, proves nothing and is passed over. */
export async function readBakeoffReports(root: string): Promise<readonly FoundReport[]> {
  const names = await bakeoffReportNames(root);
  const found = await Promise.all(names.map((name) => readReport(root, `${EVAL_FOLDER}/${name}`)));
  return found.filter((report) => report !== undefined);
}

async function readReport(root: string, file: string): Promise<FoundReport | undefined> {
  const text = await readTextFile(path.join(root, file), BYTES);
  if (text.kind === 'error') return undefined;
  const parsed = bakeoffReportSchema.safeParse(parsedJson(text.value));
  return parsed.success ? { file, report: parsed.data } : undefined;
}
