import type { CommandRuleSettings } from '../../commandRuleSettings.ts';
import type { CommandRule } from './rule.ts';

/** A rule as `[[commands.rules]]` holds it, as commands are judged by it. */
export function writtenRule(settings: CommandRuleSettings): CommandRule {
  const { id, pattern, exact, options, decision, justification, match, not_match: notMatch } = settings;
  return {
    id,
    pattern,
    exact,
    ...(options !== undefined && { options }),
    ...(settings.with !== undefined && { with: settings.with }),
    decision,
    justification,
    match,
    notMatch,
  };
}
