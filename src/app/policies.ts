import path from 'node:path';
import type { FrozenPolicy } from '../core/policy/policySettings.ts';
import type { RoleOverride } from '../core/policy/roleOverrides.ts';
import { sentBody } from '../core/policy/sentBody.ts';
import { policySnapshot } from '../core/policy/snapshot.ts';
import type { Standing } from '../core/router/demotion.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { loadPrompts } from '../node/prompts.ts';
import { listRunIds } from '../node/runStore.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import { createProviders } from './providers.ts';
import { readPolicySnapshot } from './policySnapshots.ts';
import { readStandings } from './scorecards.ts';
import { openProject, openRepository, type Services } from './services.ts';

/** A policy, with what became of the role sections of AGENTS.md: what was taken is part of the settings. */
export type ToldPolicy = FrozenPolicy & { readonly roleOverrides: readonly RoleOverride[] };

/** The policy a run would freeze if it began now. */
export async function currentPolicy(services: Services): Promise<ToldPolicy> {
  const [{ repository, loaded }, prompts] = await Promise.all([
    openProject(services),
    loadPrompts(path.join(services.host.installation, 'prompts')),
  ]);
  const { configuration, priceVersion, roleOverrides } = loaded;
  const standings = await readStandings(repository.root, configuration, prompts.templates);
  const { sha256 } = policySnapshot(configuration, { all: prompts.sha256 }, priceVersion, { standings });
  const decided = decidedOf(standings);
  return { sha256, configuration, prompts: prompts.sha256, prices: priceVersion, decided, roleOverrides };
}

/**
 * The policy a run froze when it began: of `runId`, or of the newest run. Settings that its program did not know yet have their defaults. Throws a
 * CommandProblem when there is no such run, or it ended before it froze any.
 */
export async function policyOfRun(
  services: Services,
  runId: string | undefined,
): Promise<ToldPolicy & { readonly runId: string }> {
  const { commonDir } = await openRepository(services);
  const wanted = runId ?? (await listRunIds(commonDir)).at(-1);
  if (wanted === undefined) throw new CommandProblem('usage', 'No run has been made here yet: none froze a policy.');
  const run = await openRun(commonDir, wanted);
  const reference = run.events.find((event) => event.kind === 'PolicySnapshotRef');
  if (reference?.kind !== 'PolicySnapshotRef')
    throw new CommandProblem('usage', `Run ${wanted} ended before its policy was frozen.`);
  const { sha256, blob, priceVersion } = reference.payload;
  const { configuration, standings, prompts } = readPolicySnapshot(
    await createBlobStore(path.join(run.folder, 'blobs')).get(blob),
  );
  const roleOverrides = run.events
    .flatMap((event) => (event.kind === 'ProjectGuidance' ? event.payload.roles.slice() : []))
    .map(({ role, outcome, text }) => ({ role, kind: outcome, text }));
  const decided = decidedOf(standings);
  return { runId: wanted, sha256, configuration, prompts, prices: priceVersion, decided, roleOverrides };
}

/** What was decided about each demotion, by the place of its setting. */
const decidedOf = (standings: readonly Standing[]): FrozenPolicy['decided'] =>
  standings.map(({ stage, text, evidence }) => ({
    path: `demotions.${stage}`,
    text: [text, ...evidence.map(({ file, sha256 }) => `${file} ${sha256.slice(0, 12)}`)].join(' '),
  }));

/** What is wrong with the policy as it stands, beyond what makes it unreadable (which is thrown): each a sentence with its file, where there is one. */
export async function policyProblems(
  services: Services,
): Promise<{ readonly files: readonly string[]; readonly notices: readonly string[] }> {
  const { loaded } = await openProject(services);
  const { configuration } = loaded;
  const { health } = await createProviders(services.host, configuration);
  const down = Object.keys(configuration.workers).flatMap((worker) => {
    const known = health(worker);
    return known.kind === 'down' ? [`workers.${worker}: ${known.why ?? known.cause}.`] : [];
  });
  const notices = loaded.notices.map(
    ({ file, line, column, message }) => `${path.relative(services.host.folder, file)}:${line}:${column} ${message}`,
  );
  const unsent = Object.entries(configuration.workers).flatMap(([worker, settings]) =>
    sentBody(settings).leftOut.map(({ text }) => `workers.${worker}: ${text}`),
  );
  return {
    files: loaded.files.map((file) => path.relative(services.host.folder, file)),
    notices: [...notices, ...down, ...unsent],
  };
}
