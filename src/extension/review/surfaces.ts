import { Disposable, commands, window, type ExtensionContext } from 'vscode';
import type { EngineRequests, EngineReview } from '../engine/api.ts';
import { proposalAddressOf, type ProposalAddress } from './address.ts';
import { createProposalComments } from './comments.ts';
import { createConflicts } from './conflicts.ts';
import { reviewContexts } from './contexts.ts';
import type { ReviewCommandId } from './contributions.ts';
import { createDeciding } from './deciding.ts';
import { activeProposal, openAll, openDiff, openPatch, type Focus } from './editors.ts';
import { registerFileBadges } from './fileBadges.ts';
import { registerLenses } from './lenses.ts';
import { createProposals, type Proposals } from './proposals.ts';
import type { ProposalFileSystems, ServedFiles } from './fileSystems.ts';
import { createProposalFiles } from './proposalFiles.ts';
import { reviewCommands } from './reviewCommands.ts';
import { createProposalList } from './sourceControl.ts';

/** What reviewing needs of the rest of the extension. */
export interface ReviewHooks {
  /** The repository's root of a workspace folder (absolute): a proposal's paths are relative to it. */
  readonly rootOf: (folder: string) => string;
  /** An error in words for a person, as everywhere in the extension. */
  readonly describe: (error: unknown) => string;
  /** Begins the next attempt of a run whose proposal was rejected. Nothing is shown by that which was not shown before. */
  readonly goOn: (folder: string, runId: string) => Promise<void>;
  /** Tells the editor of files of the proposals' schemes that are served otherwise now. */
  readonly filesChanged: ProposalFileSystems['tell'];
  /** Shows what a file was changed for: its task and requirements in the run panel. `reasons` e.g. `T2, FR-3`, may be empty. */
  readonly showWhy: (
    at: { readonly folder: string; readonly runId: string; readonly path: string },
    reasons: string,
  ) => Promise<void>;
}

/** Reviewing a proposal in the editor's own surfaces. Everything a person can do here ends in a request to the engine. */
export interface ReviewSurfaces {
  /** Asks the engine for a run's proposal and redraws what shows it. Cheap where nothing changed; call it when the folder's log changed. */
  refresh(folder: string, runId: string): Promise<void>;
  /** Refreshes exactly these runs of a folder and forgets its others: those that wait for a review, after each overview. */
  refreshFolder(folder: string, runIds: readonly string[]): Promise<void>;
  /** Opens one file's diff, or that of the first file with an open hunk. `take` only where a person asked for the editor. */
  open(folder: string, runId: string, path?: string, focus?: Focus): Promise<void>;
  reviewAll(folder: string, runId: string): Promise<void>;
  /** Approves all that is open of the round a person looked at and applies; the answer is whether it was done. For the run panel's buttons. */
  approveAll(folder: string, runId: string, round: number): Promise<boolean>;
  /** What one patch changed in one file, read-only, beside the run panel. */
  openPatch(folder: string, runId: string, key: string, path: string): Promise<void>;
  /** The files of the proposals' schemes. */
  readonly served: ServedFiles;
  /** The handlers of REVIEW_COMMANDS. */
  readonly commands: Readonly<Record<ReviewCommandId, (...given: unknown[]) => Promise<void>>>;
  dispose(): void;
}

export function createReviewSurfaces(
  context: Pick<ExtensionContext, 'subscriptions'>,
  engine: EngineRequests,
  hooks: ReviewHooks,
): ReviewSurfaces {
  let redraw: (changed: readonly ProposalAddress[]) => void = () => undefined;
  const proposals = createProposals(engine, (change) => redraw(change.files), Date.now);
  const conflicts = createConflicts(engine, proposals, hooks.describe, Date.now);
  const files = createProposalFiles(engine, { proposals, conflicts }, hooks.describe, hooks.filesChanged);
  const lenses = registerLenses(proposals);
  const badges = registerFileBadges(proposals, hooks.rootOf);
  const list = createProposalList(proposals, hooks.rootOf);
  const notes = createProposalComments(engine, proposals, hooks.describe);
  const keys = createContextKeys(proposals);
  redraw = (changed) => {
    if (changed.length > 0) files.changed(changed);
    list.update();
    lenses.changed();
    badges.update();
    notes.update();
    keys.update();
  };
  const openMerged = async (folder: string, review: EngineReview, path: string): Promise<void> => {
    const file = fileToOpen(review, path);
    if (file !== undefined) await openDiff(folder, review, file, 'take');
  };
  const deciding = createDeciding({ engine, proposals, conflicts, openMerged, ...hooks });
  const all = Disposable.from(lenses, badges, list, notes, keys);
  context.subscriptions.push(all);

  const reviewOf = async (folder: string, runId: string): Promise<EngineReview | undefined> => {
    const review = await proposals.refresh(folder, runId);
    if (review === undefined) void window.showInformationMessage('This run has no proposal yet.');
    return review;
  };
  return {
    refresh: async (folder, runId) => void (await proposals.refresh(folder, runId)),
    refreshFolder: async (folder, runIds) => {
      proposals.keepOnly(folder, runIds);
      await Promise.all(runIds.map((runId) => proposals.refresh(folder, runId)));
    },
    open: async (folder, runId, path, focus = 'keep') => {
      const review = await reviewOf(folder, runId);
      const file = review === undefined ? undefined : fileToOpen(review, path);
      if (review !== undefined && file !== undefined) await openDiff(folder, review, file, focus);
    },
    reviewAll: async (folder, runId) => {
      const review = await reviewOf(folder, runId);
      if (review !== undefined) await openAll(folder, review);
    },
    approveAll: (folder, runId, round) => deciding.approve({ folder, runId, round }),
    openPatch: (folder, runId, key, path) => openPatch({ folder, runId, key, path }),
    served: files.served,
    commands: reviewCommands({ proposals, deciding, list, notes, showWhy: hooks.showWhy }),
    dispose: () => all.dispose(),
  };
}

function fileToOpen(review: EngineReview, path: string | undefined): EngineReview['files'][number] | undefined {
  const named = review.files.find((file) => file.path === path);
  const open = review.files.find((file) => file.hunks.some((hunk) => hunk.decision === 'open'));
  return named ?? open ?? review.files[0];
}

/** Keeps the context keys true to the active editor. Only keys that changed are sent. */
function createContextKeys(proposals: Proposals): { readonly update: () => void; readonly dispose: () => void } {
  const sent = new Map<string, boolean>();
  const update = (): void => {
    const active = activeProposal(proposals);
    const newest = active === undefined ? undefined : proposals.current(active.address.folder, active.address.runId);
    const shown = active !== undefined && active.review === newest ? active : undefined;
    for (const [key, value] of Object.entries(reviewContexts(proposals.waiting().length, shown))) {
      if (sent.get(key) === value) continue;
      sent.set(key, value);
      void commands.executeCommand('setContext', key, value);
    }
  };
  const onEditor = window.onDidChangeActiveTextEditor((editor) => {
    const address = editor === undefined ? undefined : proposalAddressOf(editor.document.uri);
    // A tab restored after a reload can be shown before anybody asked for its run.
    if (address !== undefined && proposals.shown(address) === undefined)
      void proposals.find(address).then(update, update);
    else update();
  });
  return { update, dispose: () => onEditor.dispose() };
}
