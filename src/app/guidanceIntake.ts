import { sha256 } from '../base/hash.ts';
import type { RoleOverride } from '../core/policy/roleOverrides.ts';
import { GUIDANCE_CAP, GUIDANCE_FILE } from '../core/prompt/projectGuidance.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import type { EventLog } from '../node/log/eventLog.ts';
import { readProjectGuidance } from '../node/projectGuidance.ts';

/** AGENTS.md as a run takes it in. `text`: undefined where there is none, or where it is not read, and then `why` says why not. */
export interface Guidance {
  readonly text: string | undefined;
  readonly why?: string;
}

/** What the repository (its root, absolute) says now. Undefined for a run that began before AGENTS.md was read: it goes on as it began. */
export async function guidanceOf(root: string, events: readonly RunEvent[]): Promise<Guidance | undefined> {
  const start = events.find((event) => event.kind === 'RunStart');
  if (start?.kind === 'RunStart' && !start.payload.inputs.some(({ path }) => path === GUIDANCE_FILE)) return undefined;
  const read = await readProjectGuidance(root);
  if (read.kind === 'unusable') return { text: undefined, why: read.why };
  return { text: read.kind === 'text' ? read.text : undefined };
}

/** Records what prompts hold of it from here on, where that is not what the log says already. */
export function noteGuidance(
  log: Pick<EventLog, 'append' | 'events'>,
  guidance: Guidance | undefined,
  roles: readonly RoleOverride[],
): void {
  if (guidance === undefined) return;
  const last = log.events.findLast((event) => event.kind === 'ProjectGuidance');
  const before = last?.kind === 'ProjectGuidance' ? last.payload : undefined;
  const now = payloadOf(guidance, roles) ?? (before === undefined ? undefined : { ...GONE, roles: [] });
  if (now === undefined || (before?.sha256 === now.sha256 && before.text === now.text)) return;
  log.append('ProjectGuidance', now);
}

const GONE = {
  path: GUIDANCE_FILE,
  sha256: null,
  characters: 0,
  shown: 0,
  text: `${GUIDANCE_FILE} is gone, so no prompt holds it any more.`,
} as const;

function payloadOf({ text, why }: Guidance, roles: readonly RoleOverride[]): Payload<'ProjectGuidance'> | undefined {
  const told = {
    path: GUIDANCE_FILE,
    roles: roles.map(({ role, kind, text: said }) => ({ role, outcome: kind, text: said })),
  };
  if (why !== undefined) return { ...told, sha256: null, characters: 0, shown: 0, text: why };
  if (text === undefined || text.trim() === '') return undefined;
  const shown = Math.min(text.length, GUIDANCE_CAP);
  const what =
    shown < text.length ? `The first ${shown} of the ${text.length} characters of ${GUIDANCE_FILE}` : GUIDANCE_FILE;
  const verb = shown < text.length ? 'stand in every prompt; the rest is cut off.' : 'stands in every prompt.';
  return { ...told, sha256: sha256(text), characters: text.length, shown, text: `${what} ${verb}` };
}
