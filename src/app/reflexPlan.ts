import { open } from 'node:fs/promises';
import path from 'node:path';
import { unreachable } from '../base/unreachable.ts';
import { closestWord } from '../core/policy/closestWord.ts';
import { isLoopback } from '../core/policy/loopback.ts';
import { CARDS, cardOf, knownCard, type Card } from '../core/reflex/card.ts';
import { checkCommand, type CheckedCommand } from '../core/reflex/checkCommand.ts';
import { correctedBy, type CorrectedPlan, type Reported } from '../core/reflex/correctedBy.ts';
import { findingsOn, type Finding } from '../core/reflex/launchFindings.ts';
import { modelOfConfig } from '../core/reflex/huggingFaceConfig.ts';
import { commandText, launchCommand, type LaunchLine } from '../core/reflex/launchCommand.ts';
import { DEFAULT_MODEL, LOCAL_MODELS, localModel, type LocalModel } from '../core/reflex/localModels.ts';
import { GIB, type ServerName } from '../core/reflex/memory.ts';
import { LEAST_CONTEXT, longestContext, planServer, type PlanProblem, type ServerPlan } from '../core/reflex/plan.ts';
import { readLaunch } from '../core/reflex/readLaunch.ts';
import { readReported } from '../node/reflex/reported.ts';
import { readVram } from '../node/reflex/vram.ts';
import { CommandProblem } from './problem.ts';
import { localWorker } from './reflex.ts';
import type { Services } from './services.ts';

export interface ReflexPlanRequest {
  /** A model of the table, or the name of the one whose config.json is given. The configured local worker's when left out. */
  readonly model?: string;
  /** A Hugging Face config.json, relative to the host's folder. */
  readonly config?: string;
  /** An id of CARDS. */
  readonly card?: string;
  /** GiB of the card. */
  readonly vram?: number;
  readonly server?: ServerName;
  readonly context?: number;
  /** GiB that other programs use. */
  readonly desktop?: number;
  /** A person's own path of nvidia-smi. */
  readonly nvidiaSmi?: string;
}

/** A card, and how it was come by. */
export interface PlannedCard {
  readonly card: Card;
  readonly from: string;
}

export type ReportedNow =
  | { readonly kind: 'none'; readonly why: string }
  | ({ readonly kind: 'reported'; readonly baseUrl: string; readonly reported: Reported } & CorrectedPlan);

export interface ReflexPlanReport {
  readonly plan: ServerPlan;
  readonly modelFrom: string;
  readonly cardFrom: string;
  /** The longest context that fits with the chosen way. */
  readonly longest: number;
  readonly command: readonly LaunchLine[];
  readonly findings: readonly Finding[];
  readonly reported: ReportedNow;
}

export interface ReflexCheckReport {
  readonly card: Card;
  readonly cardFrom: string;
  readonly checked: CheckedCommand;
}

/** The port of the default endpoint of `[reflex]`. */
const USUAL_PORT = 3009;
const MOST_CONFIG_BYTES = 1024 * 1024;

/**
 * Plans a local server, and holds the estimate against what the configured one reports, when it answers. Starts nothing and writes nothing. Takes about three
 * seconds at most. Throws a CommandProblem for what a person can mend.
 */
export async function planReflex(
  services: Services,
  request: ReflexPlanRequest,
  signal: AbortSignal,
): Promise<ReflexPlanReport> {
  const worker = await localWorker(services, undefined);
  const [{ card, from: cardFrom }, { model, from: modelFrom }, told] = await Promise.all([
    cardFor(services, request, signal),
    modelFor(services, request, worker.kind === 'worker' ? worker.settings.model : undefined),
    worker.kind === 'none' ? worker : reportedOf(services, worker, signal),
  ]);
  const planned = planServer({
    model,
    card,
    ...(request.server !== undefined && { server: request.server }),
    ...(request.context !== undefined && { context: request.context }),
    ...(request.desktop !== undefined && { desktopGibibytes: request.desktop }),
  });
  if (planned.kind === 'error') throw new CommandProblem('usage', problemText(planned.error, model, card));
  const plan = planned.value;
  const command = launchCommand(plan, worker.kind === 'worker' ? portOf(worker.baseUrl) : USUAL_PORT);
  const read = readLaunch(commandText(command));
  return {
    plan,
    modelFrom,
    cardFrom,
    longest: longestContext(model, plan.chosen),
    command,
    // What is planned is held against the same rules as what a person has.
    findings: read.kind === 'ok' ? findingsOn(read.value, card, model) : [],
    reported:
      told.kind === 'none'
        ? told
        : { kind: 'reported', baseUrl: told.baseUrl, reported: told.reported, ...correctedBy(plan, told.reported) },
  };
}

/** Checks a launch command that somebody has: see checkCommand.ts. Asks no server. */
export async function checkLaunch(
  services: Services,
  command: string,
  request: ReflexPlanRequest,
  signal: AbortSignal,
): Promise<ReflexCheckReport> {
  const { card, from: cardFrom } = await cardFor(services, request, signal);
  const isNamed = request.config !== undefined || request.model !== undefined;
  const model = isNamed ? (await modelFor(services, request, undefined)).model : undefined;
  const checked = checkCommand(command, {
    card,
    ...(request.desktop !== undefined && { desktopGibibytes: request.desktop }),
    ...(model !== undefined && { model }),
  });
  if (checked.kind === 'error') throw new CommandProblem('usage', checked.error);
  return { card, cardFrom, checked: checked.value };
}

type Local = Extract<Awaited<ReturnType<typeof localWorker>>, { kind: 'worker' }>;

async function reportedOf(
  services: Services,
  { settings, baseUrl }: Local,
  signal: AbortSignal,
): Promise<{ kind: 'none'; why: string } | { kind: 'told'; baseUrl: string; reported: Reported }> {
  const key = settings.key_env === undefined ? undefined : await services.host.secret(settings.key_env);
  const reported = await readReported({ baseUrl, ...(key !== undefined && { key }) }, signal);
  if (reported === undefined) return { kind: 'none', why: `no SGLang or vLLM answers at ${baseUrl}` };
  return { kind: 'told', baseUrl, reported };
}

/** The port that a server has to be started on to be found at a worker's address; of another machine's the usual one. */
function portOf(baseUrl: string): number {
  const { hostname, port } = new URL(baseUrl);
  return isLoopback(hostname) && port !== '' ? Number(port) : USUAL_PORT;
}

async function cardFor(services: Services, request: ReflexPlanRequest, signal: AbortSignal): Promise<PlannedCard> {
  const { card: id, vram } = request;
  if (id !== undefined) {
    const card = knownCard(id);
    if (card === undefined)
      throw new CommandProblem(
        'usage',
        `SpecKit does not know the card ${id}. --card is one of ${CARDS.map((known) => known.id).join(', ')}.`,
      );
    return { card: { ...card, gibibytes: vram ?? card.gibibytes }, from: 'as asked for' };
  }
  const [usual] = CARDS;
  if (vram !== undefined) {
    if (vram === usual.gibibytes) return { card: usual, from: 'taken for one, as it has 32 GB; --card says another' };
    return {
      card: { ...usual, name: `a card of ${vram} GB`, gibibytes: vram },
      from: `taken for a Blackwell (SM120) as an RTX 5090 is; --card says another`,
    };
  }
  const read = await readVram(
    services.processes,
    { cwd: services.host.folder, ...(request.nvidiaSmi !== undefined && { nvidiaSmi: request.nvidiaSmi }) },
    signal,
  );
  const gpus = read.kind === 'gpus' ? read.gpus : [];
  const [largest] = gpus
    .flatMap(({ name, totalMebibytes }) => (totalMebibytes === undefined ? [] : [{ name, totalMebibytes }]))
    .toSorted((left, right) => right.totalMebibytes - left.totalMebibytes);
  if (largest !== undefined) return { card: cardOf(largest.name, largest.totalMebibytes), from: 'found by nvidia-smi' };
  return {
    card: usual,
    from: `nothing was found here (${read.kind === 'none' ? read.why : 'nvidia-smi tells no memory'}), so one is supposed; --vram or --card says another`,
  };
}

async function modelFor(
  services: Services,
  { model: name, config }: ReflexPlanRequest,
  configured: string | undefined,
): Promise<{ readonly model: LocalModel; readonly from: string }> {
  if (config !== undefined) {
    const file = path.resolve(services.host.folder, config);
    return { model: await readConfig(file, name ?? path.dirname(file)), from: `read from ${config}` };
  }
  const wanted = name ?? configured ?? DEFAULT_MODEL;
  const model = localModel(wanted);
  if (model === undefined) throw new CommandProblem('usage', unknownModelText(wanted, name === undefined));
  const from =
    name === undefined ? (configured === undefined ? 'the default' : "the configured local worker's") : 'as asked for';
  return { model, from };
}

function unknownModelText(wanted: string, isConfigured: boolean): string {
  const known = LOCAL_MODELS.map(({ id }) => id);
  const meant = closestWord(wanted, known);
  return [
    `The dimensions of ${wanted}${isConfigured ? ', the model of the configured local worker,' : ''} are not known here.`,
    ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
    `Known are ${known.join(', ')}. For any other, download its config.json (on Hugging Face it is among the model's files) and say --config FILE.`,
  ].join(' ');
}

async function readConfig(file: string, name: string): Promise<LocalModel> {
  const text = await textOf(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandProblem(
      'usage',
      `${file} is no JSON file. --config wants the config.json of a model, as Hugging Face has it.`,
    );
  }
  const model = modelOfConfig(value, name);
  if (model.kind === 'ok') return model.value;
  throw new CommandProblem(
    'usage',
    `Nothing can be planned from ${file}: ${model.error}. --config wants the config.json of a model, as Hugging Face has it.`,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > MOST_CONFIG_BYTES)
      throw new CommandProblem(
        'usage',
        `${file} is larger than 1 MB: it is no config.json. --config wants that of a model.`,
      );
    return await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof CommandProblem || !(error instanceof Error) || !('code' in error)) throw error;
    throw new CommandProblem(
      'usage',
      `${file} cannot be read (${String(error.code)}). --config wants the config.json of a model.`,
    );
  }
}

/** A card in a sentence: one that has no name of its own is called by its memory already. */
const cardWords = ({ name, gibibytes }: Card): string => (name.endsWith(' GB') ? name : `${name} with ${gibibytes} GB`);

const whole = (gibibytes: number): string => gibibytes.toFixed(1);

function problemText(problem: PlanProblem, { id }: LocalModel, card: Card): string {
  switch (problem.kind) {
    case 'contextBeyondModel':
      return `${id} was made for ${problem.native} tokens, and --context asks for ${problem.asked}. Ask for no more than ${problem.native}.`;
    case 'contextDoesNotFit':
      return `A context of ${problem.asked} tokens does not fit: with weights in ${problem.way.checkpoint.quantisation} and a cache in ${problem.way.kv} about ${problem.fits} do on ${card.name} (an estimate). Say --context ${problem.fits}, or take a smaller model.`;
    case 'tooSmall': {
      const { nearest, neededGibibytes, leftOut } = problem;
      if (nearest === undefined)
        return `${id} cannot be served on ${card.name}: ${leftOut.map(({ checkpoint, why }) => `${checkpoint.quantisation}: ${why}`).join('; ')}.`;
      const { checkpoint, budget } = nearest;
      return `${id} does not fit on ${cardWords(card)}: its smallest weights (${checkpoint.quantisation}) take about ${whole(budget.weights / GIB)} GiB, and with ${LEAST_CONTEXT} tokens of context, other programs and what a server needs besides, ${neededGibibytes === undefined ? 'no single card holds it' : `a card of about ${neededGibibytes} GB would do`} (an estimate). Take a smaller model, or say --desktop 0 where no desktop runs on the card.`;
    }
  }
  return unreachable(problem);
}
