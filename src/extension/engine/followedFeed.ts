import type { App } from '../../app/createApp.ts';
import type { Json } from '../../base/json.ts';
import type { Redaction } from '../../core/run/redaction.ts';
import { createFeed, feedMessageSchema, SHORTEST_MS, type Feed, type FeedMessage } from '../../protocol/feed.ts';
import { inEditorWords } from './editorWords.ts';

/** The cells of one panel that follows something, as they change. */
export interface FollowedFeed extends Disposable {
  readonly feed: Pick<Feed, 'set' | 'remove'>;
  restart(): void;
  acknowledge(seq: number): void;
}

/** Follows something until the signal aborts, and sets its cells. A problem is told in the panel, until `onProblem` is called with null. */
export type Follow = (
  feed: Pick<Feed, 'set' | 'remove'>,
  onProblem: (text: string | null) => void,
  signal: AbortSignal,
) => Promise<void>;

/** Characters of a notice. */
const NOTICE = 2_000;

/** A feed of what is followed, until it is disposed of. Secrets are marked in all that it sends; what cannot be read is told in the panel. */
export function openFollowedFeed(
  app: Pick<App, 'redaction'>,
  follow: Follow,
  send: (message: FeedMessage) => void,
): FollowedFeed {
  const following = new AbortController();
  // Names and texts come from a repository: nothing leaves before its secrets can be told.
  let redaction: Redaction | undefined;
  const feed = createFeed((message) => {
    if (redaction !== undefined) send(feedMessageSchema.parse(redaction.json(message as Json)));
  });
  const onProblem = (text: string | null): void =>
    feed.set(
      'notice',
      text === null ? null : { at: new Date().toISOString(), text: inEditorWords(text).slice(0, NOTICE) },
    );
  const flushing = setInterval(() => {
    if (redaction !== undefined) feed.flush(Date.now());
  }, SHORTEST_MS);
  const start = async (): Promise<void> => {
    redaction = await app.redaction();
    await follow(feed, onProblem, following.signal);
  };
  start().catch((error: unknown) => {
    if (!following.signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
  });
  return {
    feed,
    restart: () => feed.restart(),
    acknowledge: (seq) => feed.acknowledge(seq),
    [Symbol.dispose]: () => {
      following.abort('closed');
      clearInterval(flushing);
    },
  };
}
