import { PERMISSIONS } from '../../core/policy/scope/agentCall.ts';
import { ACT_RULES, FILE_RULES, type AmendedBy } from '../../core/policy/scope/fileRules.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

const AMENDED: Readonly<Record<AmendedBy, string>> = {
  nobody: 'never',
  person: 'a person',
  architect: 'the architect, or a person',
};

/** `speckit policy scope`: what a role may do, which files a patch may touch, and who may add one to the plan of a task. */
export function runScopeRules(terminal: Terminal): number {
  const files = FILE_RULES.map(({ id, amendedBy, says }) => ({ id, amendedBy, says }));
  terminal.result({ roles: PERMISSIONS, acts: ACT_RULES, files, exitCode: EXIT.ok });
  const row = (name: string, text: string): string => `  ${name.padEnd(24)}${text}`;
  terminal.say(
    [
      'What a role may do; every other call is refused',
      ...Object.entries(PERMISSIONS).map(([role, kinds]) => row(role, kinds.join(', '))),
      '',
      'What a patch may make of a file',
      ...ACT_RULES.map(({ id, says }) => row(id, says)),
      '',
      'Who may add a file to the plan when a task asks for it; the first line that fits counts',
      ...files.map(({ id, amendedBy, says }) => `${row(id, AMENDED[amendedBy])}\n${row('', says)}`),
    ].join('\n'),
  );
  return EXIT.ok;
}
