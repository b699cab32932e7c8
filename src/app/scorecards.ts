import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { parsedJson } from '../base/parsedJson.ts';
import type { PromptTemplate } from '../core/prompt/template.ts';
import { standingOf, type FoundScorecard, type RoutedPolicy, type Standing } from '../core/router/demotion.ts';
import { scorecardSchema, stagePrompts, workerIdentity } from '../core/router/scorecard.ts';
import { COMPARED_STAGES, type ComparedStage, type Configuration } from '../core/settings.ts';
import { loadPrompts } from '../node/prompts.ts';
import { isMissing } from '../node/repositoryPath.ts';
import type { Services } from './services.ts';
import { readTextFile } from './textFile.ts';

/** Where `speckit eval` writes, from the root of the repository. */
export const EVAL_FOLDER = '.speckit/eval';
/** Scorecards read of one stage, the newest; bytes of one. */
const MOST = 200;
const BYTES = 4_000_000;

/** What is decided about every demotion of a policy, by the scorecards there are. None where the policy has none, and nothing is read then. */
export async function readStandings(
  root: string,
  configuration: Configuration,
  prompts: ReadonlyMap<string, PromptTemplate>,
): Promise<readonly Standing[]> {
  const { demotions, workers } = configuration;
  const wanted = COMPARED_STAGES.flatMap((stage) => {
    const { from, to } = demotions[stage] ?? {};
    const [dearer, cheaper] = [workers[from ?? ''], workers[to ?? '']];
    if (from === undefined || to === undefined || dearer === undefined || cheaper === undefined) return [];
    const named = (worker: string, settings: typeof dearer) => ({ worker, identity: workerIdentity(settings) });
    return [{ stage, from: named(from, dearer), to: named(to, cheaper), prompts: stagePrompts(stage, prompts) }];
  });
  return Promise.all(
    wanted.map(async (demotion) =>
      standingOf(demotion, demotions.enabled ? await readScorecards(root, demotion.stage) : [], demotions.enabled),
    ),
  );
}

/** The policy as a run would begin with it now. Prompts are read only where there is anything to decide. */
export async function routedPolicy(
  services: Services,
  root: string,
  configuration: Configuration,
): Promise<RoutedPolicy> {
  if (COMPARED_STAGES.every((stage) => configuration.demotions[stage] === undefined)) return configuration;
  const { templates } = await loadPrompts(path.join(services.host.installation, 'prompts'));
  return { ...configuration, standings: await readStandings(root, configuration, templates) };
}

/** The scorecards of a stage. A file that is none, or was damaged, proves nothing and is passed over. */
async function readScorecards(root: string, stage: ComparedStage): Promise<readonly FoundScorecard[]> {
  const folder = path.join(root, EVAL_FOLDER);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const cards = names.filter((name) => name.startsWith(`ab-${stage}-`) && name.endsWith('.json')).sort();
  const found = await Promise.all(cards.slice(-MOST).map((name) => readScorecard(folder, name)));
  return found.filter((card) => card !== undefined);
}

async function readScorecard(folder: string, file: string): Promise<FoundScorecard | undefined> {
  const text = await readTextFile(path.join(folder, file), BYTES);
  if (text.kind === 'error') return undefined;
  const parsed = scorecardSchema.safeParse(parsedJson(text.value));
  return parsed.success ? { file, sha256: sha256(text.value), card: parsed.data } : undefined;
}
