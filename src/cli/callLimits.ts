import type { Host } from '../app/services.ts';

/** The terminal's host held to what a command's options forbid. */
export function withCallOptions(host: Host, options: Readonly<Record<string, unknown>>): Host {
  const calls = {
    localOnly: options['localOnly'] === true,
    preferLocal: options['preferLocal'] === true,
    offline: options['offline'] === true,
    ci: options['ci'] === true,
  };
  return { ...host, calls };
}
