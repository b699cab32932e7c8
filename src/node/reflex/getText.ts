import { textMember } from '../models/looseJson.ts';

const BODY_CAP_CHARACTERS = 4 * 1024 * 1024;

/** What came of one GET. */
export type Answer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly server: string;
      readonly text: string;
      readonly ms: number;
    }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly why: string };

interface GetOptions {
  readonly key: string | undefined;
  readonly deadlineMs: number;
}

/** One GET, its whole text; redirects are not followed. Never throws for what a server can do. */
export async function getText(url: string, { key, deadlineMs }: GetOptions, signal: AbortSignal): Promise<Answer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const started = performance.now();
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, deadline]),
      redirect: 'manual',
      ...(key !== undefined && key !== '' && { headers: { authorization: `Bearer ${key}` } }),
    });
    const ms = Math.round(performance.now() - started);
    const text = await cappedText(response);
    return { kind: 'response', status: response.status, server: response.headers.get('server') ?? '', text, ms };
  } catch (error) {
    if (deadline.aborted) return { kind: 'silent' };
    return { kind: 'refused', why: refusalOf(error) };
  }
}

/** The words of the innermost cause, because `fetch failed` alone helps nobody. */
function refusalOf(error: unknown): string {
  let inner: unknown = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause !== undefined; depth += 1) inner = inner.cause;
  const code = textMember(inner, 'code');
  if (code === 'ECONNREFUSED') return 'nothing listens on its port';
  if (code === 'ENOTFOUND') return 'its host is not known';
  return (inner instanceof Error ? inner.message || String(code) : String(inner)).slice(0, 200);
}

async function cappedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > BODY_CAP_CHARACTERS) break;
  }
  return text;
}
