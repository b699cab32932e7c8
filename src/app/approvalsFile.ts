import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readTextIfThere } from './textFile.ts';

/** One line of specs/<folder>/approvals.jsonl: who decided what about which bytes, committed with the change. */
export interface ApprovalLine {
  readonly decision: 'approved' | 'undone';
  readonly run: string;
  /** Which application of the run's proposals, e.g. `apply-1-1`. */
  readonly application: string;
  readonly by: string;
  /** Milliseconds since 1970; written as ISO 8601. */
  readonly at: number;
  /** Of an approval: the hash over path and content of every file approved. */
  readonly bytes?: string;
}

/** Appends the decision to the spec's folder, once: a decision that a killed process wrote down before is not repeated. */
export async function appendApproval(root: string, specFolder: string, line: ApprovalLine): Promise<void> {
  const { decision, run, application, ...rest } = line;
  const file = path.join(root, specFolder, 'approvals.jsonl');
  const start = JSON.stringify({ decision, run, application }).slice(0, -1);
  const text = (await readTextIfThere(file)) ?? '';
  if (text.split('\n').some((earlier) => earlier.startsWith(start))) return;
  await mkdir(path.dirname(file), { recursive: true });
  const whole = { decision, run, application, ...rest, at: new Date(line.at).toISOString() };
  // A last line that a person left without its end is ended first.
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(whole)}\n`);
}
