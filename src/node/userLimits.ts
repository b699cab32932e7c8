import { valueAt } from '../core/policy/settingProblem.ts';
import type { Configuration } from '../core/settings.ts';
import type { PathProblem } from './configurationFile.ts';

/**
 * Limits a person set in their own file (`userTable`) hold against every repository: a budget above theirs is lowered to it, and told as a
 * notice, at the key of speckit.toml that asked for more. Their own patterns of secrets count beside those of a repository.
 */
export function lowerToUserLimits(
  configuration: Configuration,
  userTable: Readonly<Record<string, unknown>>,
): { readonly configuration: Configuration; readonly notices: readonly PathProblem[] } {
  const notices: PathProblem[] = [];
  const notice = (path: readonly string[], asked: number | string, held: number | string) => {
    const message = `Your own config.toml limits ${path.join('.')} to ${held}; the ${asked} asked for here does not count.`;
    notices.push({ path, rule: 'user-limit', message });
  };
  const lowered = (key: keyof Configuration['budget']) => {
    const asked = configuration.budget[key];
    const own = valueAt(userTable, ['budget', key]);
    if (typeof own !== 'number' || own >= asked) return asked;
    notice(['budget', key], asked, own);
    return own;
  };
  const budget = {
    run_dollars: lowered('run_dollars'),
    day_dollars: lowered('day_dollars'),
    run_tokens: lowered('run_tokens'),
  };
  const own = valueAt(userTable, ['secrets', 'patterns']);
  const patterns = [
    ...new Set([
      ...configuration.secrets.patterns,
      ...(Array.isArray(own) ? own.filter((item) => typeof item === 'string') : []),
    ]),
  ];
  return { configuration: { ...configuration, budget, secrets: { patterns } }, notices };
}
