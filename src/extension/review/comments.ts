import {
  CommentMode,
  CommentThreadCollapsibleState,
  Range,
  comments,
  window,
  workspace,
  type CommentController,
  type CommentReply,
  type CommentThread,
  type TextDocument,
} from 'vscode';
import type { EngineRequests } from '../engine/api.ts';
import { PROPOSAL_SCHEME, proposalAddressOf } from './address.ts';
import { aboutLine, textProblem } from './commentText.ts';
import type { Proposals } from './proposals.ts';

/** Comments on proposals. A comment is a note to the run: the next attempt reads it. */
export interface ProposalComments {
  update(): void;
  give(reply: unknown): Promise<void>;
  dispose(): void;
}

export function createProposalComments(
  engine: Pick<EngineRequests, 'tell'>,
  proposals: Proposals,
  describe: (error: unknown) => string,
): ProposalComments {
  let controller: CommentController | undefined;
  const threads = new Set<CommentThread>();

  const update = (): void => {
    // Made when the first proposal waits: before that nothing could be commented on.
    if (controller === undefined && proposals.waiting().length > 0) controller = created(proposals);
    for (const thread of threads) {
      if (isWaiting(proposals, thread)) continue;
      thread.dispose();
      threads.delete(thread);
    }
  };

  const give = async (reply: unknown): Promise<void> => {
    if (!isReply(reply)) return;
    const { thread, text } = reply;
    const address = proposalAddressOf(thread.uri);
    const problem = textProblem(text);
    if (address === undefined || problem !== undefined) {
      await window.showWarningMessage(problem ?? 'Only a proposal that waits can be commented on.');
      return;
    }
    threads.add(thread);
    const document = await workspace.openTextDocument(thread.uri);
    const about = aboutLine(address.path, thread.range?.start.line ?? 0, document.getText());
    try {
      await engine.tell(address.folder, address.runId, { text: text.trim(), about });
      addComment(thread, text, 'for the next attempt');
      thread.label = 'Given to the next attempt when you reject';
    } catch (error) {
      // The editor has cleared the box by now: the text stays in the thread, said not to have arrived.
      addComment(thread, text, 'not given');
      await window.showErrorMessage(`Your comment was not given to the run. ${describe(error)}`);
    }
  };

  return { update, give, dispose: () => controller?.dispose() };
}

function created(proposals: Proposals): CommentController {
  const controller = comments.createCommentController('speckitAuto', 'SpecKit');
  controller.options = {
    prompt: 'Comment on this hunk',
    placeHolder: 'What should be different? Goes to the next attempt.',
  };
  controller.commentingRangeProvider = {
    provideCommentingRanges: (document) => commentable(proposals, document),
  };
  return controller;
}

function commentable(proposals: Proposals, document: TextDocument): Range[] {
  const address = document.uri.scheme === PROPOSAL_SCHEME ? proposalAddressOf(document.uri) : undefined;
  const shown = address === undefined ? undefined : proposals.shown(address);
  if (shown?.review.state !== 'waiting') return [];
  return [new Range(0, 0, document.lineCount - 1, 0)];
}

function isWaiting(proposals: Proposals, thread: CommentThread): boolean {
  const address = proposalAddressOf(thread.uri);
  if (address === undefined) return false;
  const review = proposals.current(address.folder, address.runId);
  return review?.round === address.round && review.state === 'waiting';
}

function addComment(thread: CommentThread, text: string, label: string): void {
  const comment = { body: text, mode: CommentMode.Preview, author: { name: 'You' }, label };
  thread.comments = [...thread.comments, comment];
  thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
}

function isReply(value: unknown): value is CommentReply {
  return typeof value === 'object' && value !== null && 'thread' in value && 'text' in value;
}
