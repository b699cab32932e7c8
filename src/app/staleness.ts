import { sha256 } from '../base/hash.ts';
import type { RunView } from '../core/run/view.ts';

/** Why what a run made of its spec no longer belongs to it, or undefined while the spec's bytes are those it read. `text`: undefined when spec.md is gone. */
export function staleText(view: RunView, file: string, text: string | undefined): string | undefined {
  const input = view.inputs.find((candidate) => candidate.path === file);
  if (input === undefined || input.sha256 === (text === undefined ? null : sha256(text))) return undefined;
  return `spec.md has changed since run ${view.runId} read it`;
}
