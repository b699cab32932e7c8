import type { RoleOverride } from '../core/policy/roleOverrides.ts';

/** What became of the role sections of AGENTS.md, as one block of lines; none where there are no such sections. */
export function overrideLines(overrides: readonly RoleOverride[]): readonly string[] {
  if (overrides.length === 0) return [];
  return [overrides.map(({ kind, text }) => `${kind.padEnd(8)} ${text}`).join('\n')];
}
