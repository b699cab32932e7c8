import type { PriceOverrides } from '../ledger/prices.ts';
import type { Configuration, WorkerSettings } from '../settings.ts';
import type { RoleSection, SectionRole } from './roleSections.ts';
import { primaryOf, workerFor } from './roleWorker.ts';

/** What a person lets the role sections of a repository's AGENTS.md do. See docs/adr/0017. */
export const ROLE_OVERRIDE_MODES = ['off', 'cheaper_only', 'any_worker'] as const;
export type RoleOverrideMode = (typeof ROLE_OVERRIDE_MODES)[number];

/** What became of one wish of a role section, as a sentence. */
export interface RoleOverride {
  readonly role: string;
  readonly kind: 'taken' | 'refused';
  readonly text: string;
}

export interface OverrideGround {
  readonly mode: RoleOverrideMode;
  /** Workers of the person's own config.toml. */
  readonly ownWorkers: readonly string[];
  readonly prices: PriceOverrides;
}

/** The stages whose prompts a role reads. */
const STAGES_OF = {
  architect: ['specify', 'plan'],
  implementer: ['implement'],
  // How much of a change is read by who judges it is not for its repository to say, whatever else it may.
  critic: [],
  judge: [],
} as const satisfies Readonly<Record<SectionRole, readonly (keyof Configuration['prompt_tokens'])[]>>;

/** Rungs of a chain at most, as the settings have it. */
const LONGEST_CHAIN = 6;

/**
 * The configuration with the wishes of AGENTS.md that the person allows. Whoever wrote a repository names workers of the person's only, never an
 * endpoint; under `cheaper_only` none that costs more than whom the policy calls first, and not who judges the change.
 */
export function withRoleOverrides(
  configuration: Configuration,
  sections: readonly RoleSection[],
  ground: OverrideGround,
): { readonly configuration: Configuration; readonly overrides: readonly RoleOverride[] } {
  let effective = configuration;
  const overrides: RoleOverride[] = [];
  for (const section of sections) {
    const { word, role } = section;
    const done = (kind: RoleOverride['kind'], text: string): unknown =>
      overrides.push({ role: role ?? word, kind, text: `AGENTS.md ${text}` });
    const isFirst = role === undefined || sections.find((other) => other.role === role) === section;
    const refusal = isFirst
      ? sectionRefusal(section, configuration, ground.mode)
      : `has another section for the ${role ?? word}: the first counts.`;
    if (refusal !== undefined || role === undefined) {
      done('refused', refusal ?? '');
      continue;
    }
    const wishes = { ...ground, effective, role, done };
    effective = withModel(section.model, section.temperature, wishes);
    effective = withContext(section.context, { ...wishes, effective });
  }
  return { configuration: effective, overrides };
}

interface Wishes extends OverrideGround {
  readonly effective: Configuration;
  readonly role: SectionRole;
  done(kind: RoleOverride['kind'], text: string): unknown;
}

/** Why nothing of a section counts. */
function sectionRefusal(section: RoleSection, { routing }: Configuration, mode: RoleOverrideMode): string | undefined {
  const { role, word } = section;
  const wishes = wishesText(section);
  if (role === undefined) return `asks for ${wishes} for the ${word}, whom no model is called for here.`;
  if (mode === 'off')
    return `asks for ${wishes} for the ${role}: your own config.toml does not allow it (project_guidance.role_overrides is "off").`;
  if (mode === 'any_worker') return undefined;
  if (role === 'judge' || role === 'critic')
    return `asks for ${wishes} for the ${role}: who judges a change is not for its repository to say (only role_overrides = "any_worker" allows it).`;
  if (routing[role].length === 0) return `asks for ${wishes} for the ${role}, and routing.${role} names nobody.`;
  return undefined;
}

function wishesText({ model, temperature, context }: RoleSection): string {
  const parts = [
    ...(model === undefined ? [] : [`"${model}"`]),
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(context === undefined ? [] : [`context ${context}`]),
  ];
  return parts.join(', ');
}

/** The named worker first in the role's chain, with the temperature where one is asked for. */
function withModel(model: string | undefined, temperature: string | undefined, wishes: Wishes): Configuration {
  const { effective, role, done } = wishes;
  const chain = effective.routing[role];
  const [first] = chain;
  const chosen = model === undefined ? { worker: primaryOf(first, effective) } : workerFor(model, wishes);
  if ('refusal' in chosen) done('refused', `asks for "${model}" for the ${role}: ${chosen.refusal}`);
  const worker = 'refusal' in chosen ? undefined : chosen.worker;
  if (worker === undefined) {
    if (!('refusal' in chosen) && temperature !== undefined)
      done('refused', `asks for temperature ${temperature} for the ${role}: routing.${role} names nobody.`);
    return effective;
  }
  const tuned = temperature === undefined ? undefined : withTemperature(worker, temperature, wishes);
  const name = tuned?.name ?? worker;
  const rungs = [name, ...chain.filter((other) => other !== worker && other !== name)];
  if (rungs.length > LONGEST_CHAIN) {
    done('refused', `asks for "${model}" for the ${role}: routing.${role} has ${LONGEST_CHAIN} workers already.`);
    return effective;
  }
  if (model !== undefined) done('taken', `asks for "${model}" for the ${role}: ${name} is called first.`);
  const under = tuned?.configuration ?? effective;
  return { ...under, routing: { ...under.routing, [role]: rungs } };
}

/** A worker of the same server under a name of its own, so that the log says who was called. */
function withTemperature(
  worker: string,
  temperature: string,
  { effective, role, done }: Wishes,
): { readonly name: string; readonly configuration: Configuration } | undefined {
  const settings = effective.workers[worker];
  const degree = /^\d(?:\.\d+)?$/u.test(temperature) ? Number(temperature) : Number.NaN;
  const name = `${worker}-for-${role}`;
  const refusal = !(degree <= 2)
    ? 'it is a number from 0 to 2.'
    : settings === undefined || settings.provider === 'editor' || settings.provider === 'recorded'
      ? `${worker} takes none.`
      : effective.workers[name] !== undefined
        ? `there is a worker ${name} already.`
        : undefined;
  if (refusal !== undefined || settings === undefined) {
    done('refused', `asks for temperature ${temperature} for the ${role}: ${refusal ?? ''}`);
    return undefined;
  }
  done('taken', `asks for temperature ${temperature} for the ${role}: ${name} is ${worker} with it.`);
  const tuned: WorkerSettings = { ...settings, extra_body: { ...settings.extra_body, temperature: degree } };
  const { calls } = effective;
  const allowed = calls.ci_workers.includes(worker) ? [...calls.ci_workers, name] : calls.ci_workers;
  const workers = { ...effective.workers, [name]: tuned };
  return { name, configuration: { ...effective, workers, calls: { ...calls, ci_workers: allowed } } };
}

/** A role's context is what its stages' prompts may hold: a repository makes it smaller, never larger. */
function withContext(context: string | undefined, { effective, role, done }: Wishes): Configuration {
  if (context === undefined) return effective;
  const tokens = tokensOf(context);
  if (tokens === undefined || STAGES_OF[role].length === 0) {
    const why =
      tokens === undefined
        ? `it is no number of tokens of at least ${LEAST_TOKENS}.`
        : 'how much is read by who judges a change is not for its repository to say.';
    done('refused', `asks for context "${context}" for the ${role}: ${why}`);
    return effective;
  }
  const lowered = STAGES_OF[role].map((stage) => [stage, Math.min(tokens, effective.prompt_tokens[stage])] as const);
  const text = lowered.map(([stage, most]) => `prompt_tokens.${stage} is ${most}`).join(', ');
  done('taken', `asks for a context of ${tokens} tokens for the ${role}: ${text}.`);
  return { ...effective, prompt_tokens: { ...effective.prompt_tokens, ...Object.fromEntries(lowered) } };
}

/** Less would leave no room for the files that a stage is about, and would drive it up to a dearer worker. */
const LEAST_TOKENS = 8_000;

/** `32000`, `32,000 tokens`, `32k`. */
function tokensOf(text: string): number | undefined {
  const [, digits = '', thousand] = /^(\d[\d,_]{0,9})\s?(k)?(?:\s?tokens)?$/iu.exec(text) ?? [];
  const tokens = Number(digits.replaceAll(/[,_]/gu, '')) * (thousand === undefined ? 1 : 1_000);
  return digits !== '' && tokens >= LEAST_TOKENS ? tokens : undefined;
}
