import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { counted } from '../../base/counted.ts';
import { policyDifferences, policySettings } from '../../core/policy/policySettings.ts';
import { EXIT } from '../exitCode.ts';
import { overrideLines } from '../roleOverrideLines.ts';
import type { Terminal } from '../terminal.ts';

/** Characters of a value that are shown for people; all of it is in --json. */
const VALUE = 160;

const short = (value: string | undefined): string =>
  value === undefined ? '(not set)' : value.length > VALUE ? `${value.slice(0, VALUE)}…` : value;

/** `speckit policy show [RUN]`: the policy as it would be frozen now, or as a run froze it. */
export async function showPolicy(terminal: Terminal, runId: string | undefined): Promise<number> {
  const app = createApp(terminal.host);
  const policy = runId === undefined ? await app.policy() : await app.policyOfRun(runId);
  const settings = policySettings(policy.configuration);
  const { sha256, prompts, prices, decided, roleOverrides } = policy;
  const told = { sha256, prompts, prices, decided, settings, roleOverrides };
  terminal.result({ runId: runId ?? null, ...told, exitCode: EXIT.ok });
  terminal.say(
    [
      ...settings.map(({ path, value, isDefault }) => `${path} = ${short(value)}${isDefault ? '   (default)' : ''}`),
      '',
      `policy   ${sha256}`,
      `prompts  ${prompts}`,
      `prices   ${prices}`,
      ...decided.map(({ path, text }) => `${path}  ${text}`),
      ...overrideLines(roleOverrides),
    ].join('\n'),
  );
  return EXIT.ok;
}

/** `speckit policy diff [RUN]`: what has changed since a run, or the newest one, froze its policy. Exit 0 nothing, 1 something. */
export async function diffPolicy(terminal: Terminal, runId: string | undefined): Promise<number> {
  const app = createApp(terminal.host);
  const [before, after] = [await app.policyOfRun(runId), await app.policy()];
  const differences = policyDifferences(before, after);
  const exit = differences.length === 0 ? EXIT.ok : EXIT.soft;
  terminal.result({ runId: before.runId, before: before.sha256, after: after.sha256, differences, exitCode: exit });
  const lines = differences.map((one) => `${one.path}: ${short(one.before)} -> ${short(one.after)}`);
  const summary =
    differences.length === 0
      ? `The policy is the one that run ${before.runId} froze.`
      : `${counted(differences.length, 'difference')} since run ${before.runId}, which keeps its own; a new run takes what holds now.`;
  terminal.say([...lines, summary].join('\n'));
  return exit;
}

/** `speckit config check`. */
export async function runConfig(terminal: Terminal, [what]: readonly string[]): Promise<number> {
  if (what !== 'check') throw new CommandProblem('usage', 'How it is used: speckit config check');
  return validatePolicy(terminal);
}

/** `speckit policy validate`: exit 0 when it can be used as it stands, 1 with notices, 4 when it cannot (with file, line and column). */
export async function validatePolicy(terminal: Terminal): Promise<number> {
  const { files, notices } = await createApp(terminal.host).policyProblems();
  const exit = notices.length === 0 ? EXIT.ok : EXIT.soft;
  terminal.result({ files, notices, exitCode: exit });
  const read = files.length === 0 ? 'No file sets anything: the defaults hold.' : `${files.join(' and ')} can be used.`;
  terminal.say([...notices, read].join('\n'));
  return exit;
}
