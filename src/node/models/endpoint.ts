import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../../base/json.ts';
import type { ModelError } from '../../core/ports.ts';
import type { Timeouts } from './deadlines.ts';

/** What every provider of an endpoint is made from. */
export interface EndpointOptions {
  /** The official endpoint when left out. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly model: string;
  /** Further members of the request body. They never replace what the provider sets itself. */
  readonly extraBody: Readonly<Record<string, Json>>;
  readonly timeouts: Timeouts;
  /** 4 MiB when left out. */
  readonly answerCapBytes?: number;
}

/** Where a provider sends its requests and with which key. */
export interface Endpoint {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** What is sent: the key, or a placeholder, because the SDKs refuse to send none. */
  readonly sentKey: string;
  /** The key itself, '' when there is none: what messages must not contain. */
  readonly secretKey: string;
  readonly host: string;
}

export interface OfficialEndpoint {
  readonly baseUrl: string;
  /** The path that the SDK expects at the end of a base URL: '/v1' for OpenAI's protocols, '' for Anthropic's. */
  readonly basePath: '/v1' | '';
}

/**
 * The endpoint for a worker's settings. `baseUrl` may be given with or without `/v1` when nothing else follows the host. A key is needed
 * for the official endpoint only. Nothing is read from the environment, so an official key never goes to another server.
 * A URL or key that cannot be sent is a `configuration` error that repeats neither.
 */
export function endpointOf(
  baseUrl: string | undefined,
  apiKey: string | undefined,
  official: OfficialEndpoint,
): Result<Endpoint, ModelError> {
  const key = apiKey?.trim() ?? '';
  if (!/^[\x21-\x7e]*$/.test(key)) return refuse('the API key holds characters that cannot be sent in a header');
  const url = URL.parse(baseUrl ?? official.baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('base_url is not an http(s) URL');
  if (url.username !== '' || url.password !== '') {
    return refuse('base_url must not hold a user name or password; name the key with key_env');
  }
  if (key === '' && url.host === new URL(official.baseUrl).host) {
    return refuse(`no API key for ${url.host}: set the environment variable that key_env names`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  const known = path === '' || path === '/v1' ? official.basePath : path;
  return ok({
    baseUrl: `${url.origin}${known}`,
    sentKey: key === '' ? 'no-key' : key,
    secretKey: key,
    host: url.host,
  });
}

function refuse(message: string): Result<Endpoint, ModelError> {
  return err({ kind: 'configuration', message });
}
