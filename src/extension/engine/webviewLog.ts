import { appendFileSync } from 'node:fs';
import type { FeedMessage } from '../../protocol/feed.ts';

/** Sends the messages of one panel. */
export type SendMessage = (message: FeedMessage) => void;

/**
 * For looking into what a panel is sent: every message as a line `{feed, message}` of JSON at the end of a file, as it goes to the webview. Without a
 * file (SPECKIT_WEBVIEW_LOG in the environment names it, see docs/secrets.md) nothing is written.
 */
export function loggedMessages(file: string | undefined, feed: string, send: SendMessage): SendMessage {
  if (file === undefined || file === '') return send;
  return (message) => {
    appendFileSync(file, `${JSON.stringify({ feed, message })}\n`);
    send(message);
  };
}
