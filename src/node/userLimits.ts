import { valueAt } from '../core/policy/settingProblem.ts';
import { stricterMode } from '../core/run/capture.ts';
import {
  CAPTURE_MODES,
  SECURITY_REVIEWS,
  type CaptureMode,
  type Configuration,
  type SecurityReview,
} from '../core/settings.ts';
import type { PathProblem } from './configurationFile.ts';

/**
 * Limits a person set in their own file (`userTable`) hold against every repository: a budget above theirs, or more for a command or a prompt than they give, is
 * lowered to it, and told as a notice, at the key of speckit.toml that asked for more; so is a capture mode
 * that keeps more, a security review that is made less often, a call that they forbid, and reflex where they have switched it off. Their own patterns of secrets count beside those of a repository.
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
  const lowered = (path: readonly [table: string, key: string], asked: number): number => {
    const own = valueAt(userTable, path);
    if (typeof own !== 'number' || own >= asked) return asked;
    notice(path, asked, own);
    return own;
  };
  const loweredIfAsked = <Key extends OptionalLimit>(key: Key): { readonly [Name in Key]?: number } => {
    const asked = configuration.cost[key];
    return asked === undefined ? {} : ({ [key]: lowered(['cost', key], asked) } as { [Name in Key]?: number });
  };
  const { budget, cost, limits } = configuration;
  const heldCost = {
    ...cost,
    ...loweredIfAsked('per_call_limit_usd'),
    ...loweredIfAsked('per_stage_limit_usd'),
    per_spec_limit_usd: lowered(['cost', 'per_spec_limit_usd'], cost.per_spec_limit_usd),
    ...loweredIfAsked('daily_limit_usd'),
    monthly_limit_usd: lowered(['cost', 'monthly_limit_usd'], cost.monthly_limit_usd),
  };
  const heldBudget = {
    run_dollars: lowered(['budget', 'run_dollars'], budget.run_dollars),
    day_dollars: lowered(['budget', 'day_dollars'], budget.day_dollars),
    run_tokens: lowered(['budget', 'run_tokens'], budget.run_tokens),
  };
  const heldLimits = {
    ...limits,
    command_processes: lowered(['limits', 'command_processes'], limits.command_processes),
    command_memory_mb: lowered(['limits', 'command_memory_mb'], limits.command_memory_mb),
    command_disk_mb: lowered(['limits', 'command_disk_mb'], limits.command_disk_mb),
  };
  const { prompt_tokens: prompts } = configuration;
  const heldPrompts = {
    specify: lowered(['prompt_tokens', 'specify'], prompts.specify),
    plan: lowered(['prompt_tokens', 'plan'], prompts.plan),
    implement: lowered(['prompt_tokens', 'implement'], prompts.implement),
    audit: lowered(['prompt_tokens', 'audit'], prompts.audit),
  };
  const heldMode = (): CaptureMode => {
    const asked = configuration.capture.mode;
    const own = CAPTURE_MODES.find((mode) => mode === valueAt(userTable, ['capture', 'mode'])) ?? asked;
    const mode = stricterMode(own, asked);
    if (mode !== asked) notice(['capture', 'mode'], asked, mode);
    return mode;
  };
  const heldReview = (): SecurityReview => {
    const asked = configuration.advisers.security_review;
    const mine = SECURITY_REVIEWS.find((when) => when === valueAt(userTable, ['advisers', 'security_review'])) ?? asked;
    if (SECURITY_REVIEWS.indexOf(mine) <= SECURITY_REVIEWS.indexOf(asked)) return asked;
    notice(['advisers', 'security_review'], asked, mine);
    return mine;
  };
  const own = valueAt(userTable, ['secrets', 'patterns']);
  const isRefused = valueAt(userTable, ['cost', 'unpriced']) === 'refuse';
  if (isRefused && cost.unpriced !== 'refuse') notice(['cost', 'unpriced'], cost.unpriced, 'refuse');
  const patterns = [
    ...new Set([
      ...configuration.secrets.patterns,
      ...(Array.isArray(own) ? own.filter((item) => typeof item === 'string') : []),
    ]),
  ];
  const forbids = (key: 'local_only' | 'offline' | 'ci'): boolean => {
    const isOwn = valueAt(userTable, ['calls', key]) === true;
    if (isOwn && !configuration.calls[key]) notice(['calls', key], 'false', 'true');
    return isOwn || configuration.calls[key];
  };
  // Whoever forbids calls in CI for themselves also says which ones they mean.
  const named = valueAt(userTable, ['calls', 'ci_workers']);
  const ownNames = Array.isArray(named) ? named.filter((item) => typeof item === 'string') : [];
  const calls = {
    ...configuration.calls,
    local_only: forbids('local_only'),
    offline: forbids('offline'),
    ci: forbids('ci'),
    ...(valueAt(userTable, ['calls', 'ci']) === true ? { ci_workers: ownNames } : {}),
  };
  // Who has switched the local server off for themselves has rolled it back.
  const isSwitchedOff = valueAt(userTable, ['reflex', 'enabled']) === false && configuration.reflex.enabled;
  if (isSwitchedOff) notice(['reflex', 'enabled'], 'true', 'false');
  const held = {
    calls,
    reflex: { ...configuration.reflex, enabled: configuration.reflex.enabled && !isSwitchedOff },
    budget: heldBudget,
    cost: isRefused ? { ...heldCost, unpriced: 'refuse' as const } : heldCost,
    limits: heldLimits,
    prompt_tokens: heldPrompts,
    secrets: { patterns },
    capture: { mode: heldMode() },
    advisers: { ...configuration.advisers, security_review: heldReview() },
  };
  return { configuration: { ...configuration, ...held }, notices };
}

type OptionalLimit = 'per_call_limit_usd' | 'per_stage_limit_usd' | 'daily_limit_usd';
