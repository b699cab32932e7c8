import { Uri, scm, type SourceControl, type SourceControlResourceGroup, type SourceControlResourceState } from 'vscode';
import type { EngineReview, ReviewedFile } from '../engine/api.ts';
import { nameOf } from './address.ts';
import type { ReviewCommandId } from './contributions.ts';
import type { DecisionTarget } from './decisions.ts';
import { proposalUri } from './editors.ts';
import { briefText, fileState, openFiles } from './fileState.ts';
import type { Proposals } from './proposals.ts';

const OPEN: ReviewCommandId = 'speckitAuto.openProposedFile';
const APPLY: ReviewCommandId = 'speckitAuto.applyApproved';

/** The proposals in the Source Control view: one source control per folder, one group per proposal, nothing where nothing waits. */
export interface ProposalList {
  update(): void;
  /** What a group, a line, or the input box of this view stands for; undefined for anything else. */
  targetOf(value: unknown): DecisionTarget | undefined;
  dispose(): void;
}

interface Shown {
  readonly control: SourceControl;
  readonly groups: Map<string, SourceControlResourceGroup>;
}

type Target = DecisionTarget;

export function createProposalList(proposals: Proposals, rootOf: (folder: string) => string): ProposalList {
  const shown = new Map<string, Shown>();
  let targets = new WeakMap<object, Target>();

  const show = (folder: string, reviews: readonly EngineReview[]): void => {
    const { control, groups } = shown.get(folder) ?? created(folder, rootOf(folder));
    shown.set(folder, { control, groups });
    control.count = reviews.reduce((sum, review) => sum + openFiles(review), 0);
    control.inputBox.value = briefText(reviews);
    control.acceptInputCommand = { command: APPLY, title: 'Apply Approved', arguments: [control] };
    const [only] = reviews;
    if (only !== undefined && reviews.length === 1) targets.set(control, targetOf(folder, only));
    for (const [runId, group] of groups) {
      if (reviews.some((review) => review.runId === runId)) continue;
      group.dispose();
      groups.delete(runId);
    }
    for (const review of reviews) {
      const label = `SpecKit proposal: ${review.specId}`;
      const group = groups.get(review.runId) ?? control.createResourceGroup(groupId(folder, review), label);
      groups.set(review.runId, group);
      group.label = label;
      group.contextValue = 'proposal';
      group.resourceStates = review.files.map((file) => {
        const target = { ...targetOf(folder, review), path: file.path };
        const state = resourceState(target, file);
        targets.set(state, target);
        return state;
      });
    }
  };

  const update = (): void => {
    targets = new WeakMap();
    const byFolder = Map.groupBy(proposals.waiting(), ({ folder }) => folder);
    for (const [folder, { control }] of shown) {
      if (byFolder.has(folder)) continue;
      control.dispose();
      shown.delete(folder);
    }
    for (const [folder, waiting] of byFolder)
      show(
        folder,
        waiting.map(({ review }) => review),
      );
  };

  return {
    update,
    targetOf: (value) => {
      if (typeof value !== 'object' || value === null) return undefined;
      // A group comes back as an object of the editor's own, so it is known by its id.
      const id = 'id' in value ? value.id : undefined;
      const of = proposals.waiting().find(({ folder, review }) => groupId(folder, review) === id);
      return targets.get(value) ?? (of === undefined ? undefined : targetOf(of.folder, of.review));
    },
    dispose: () => {
      for (const { control } of shown.values()) control.dispose();
      shown.clear();
    },
  };
}

function created(folder: string, root: string): Shown {
  const control = scm.createSourceControl('speckitAuto', 'SpecKit', Uri.file(root));
  control.inputBox.enabled = false;
  control.inputBox.placeholder = 'What the proposal does, what was checked, and what was not';
  return { control, groups: new Map() };
}

/** Runs of two folders of one repository have the same ids, so the folder is part of a group's. */
function groupId(folder: string, review: EngineReview): string {
  return nameOf({ folder, runId: review.runId, round: 0, path: '' });
}

function targetOf(folder: string, review: EngineReview): Target {
  return { folder, runId: review.runId, round: review.round };
}

/** The letter (A, M, D) and its colour come from the file decoration of the same URI. */
function resourceState(target: Target & { readonly path: string }, file: ReviewedFile): SourceControlResourceState {
  const { decision, isDecided, words } = fileState(file);
  return {
    resourceUri: proposalUri(target),
    command: { command: OPEN, title: 'Open Proposed Change', arguments: [target] },
    contextValue: decision,
    decorations: { strikeThrough: decision === 'rejected', faded: isDecided, tooltip: words },
  };
}
