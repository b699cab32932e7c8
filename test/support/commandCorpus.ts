import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCommandJudge, type CommandJudge, type CommandPolicy } from '../../src/core/policy/commands/judge.ts';
import type { DecisionKind } from '../../src/core/policy/commands/decision.ts';
import type { ShellParser } from '../../src/core/ports.ts';
import { loadShellParser } from '../../src/node/shellParser.ts';
import { installation } from './scriptedProject.ts';

/** One line of test/scenarios/commands/<area>.jsonl. */
export interface CorpusLine {
  readonly area: string;
  readonly cmd: string;
  readonly decision: DecisionKind;
  readonly rule: string;
  readonly why: string;
}

const folder = path.join(import.meta.dirname, '../scenarios/commands');

/** The whole corpus; `ordinary` is what a developer does all day, all else tries to get past the policy. */
export function commandCorpus(): readonly CorpusLine[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ area: path.basename(file, '.jsonl'), ...(JSON.parse(line) as Omit<CorpusLine, 'area'>) })),
  );
}

/** What the ordinary lines take for declared. */
export const DECLARED: readonly string[] = ['npm test', 'npm run lint'];

export const shellParser = (): Promise<ShellParser> => loadShellParser(path.join(installation, 'dist/grammars'));

export async function judgeOf(policy: Partial<CommandPolicy> = {}): Promise<CommandJudge> {
  return createCommandJudge({ rules: [], declared: [], root: '/srv/repo', ...policy }, await shellParser());
}
