import { z } from 'zod';
import { FAULT_KINDS } from './outputFaults.ts';

const base = {
  /** Where it is to be reached, as the worker's `base_url`. */
  url: z.string(),
  /** When it became so, in milliseconds since 1970. */
  at: z.number(),
};

const supervised = {
  ...base,
  /** The words of the command, keys left out. */
  command: z.array(z.string()),
  /** Starts so far, this one too. */
  attempt: z.int(),
};

const running = {
  ...supervised,
  pid: z.int(),
  /** Tells this process from another one with the same number; left out where the system does not tell. */
  start: z.string().optional(),
};

/** How a start of the server ended. */
const endSchema = z.strictObject({
  at: z.number(),
  /** `ended with exit code 1` and the like. */
  how: z.string(),
  fault: z.strictObject({ kind: z.enum(FAULT_KINDS), what: z.string(), next: z.string(), line: z.string() }).optional(),
  /** The last lines it printed, for a fault that nobody knows. */
  lastLines: z.array(z.string()),
});
export type ServerEnd = z.infer<typeof endSchema>;

/** What the supervisor of the local server last wrote down about it. */
export const serverStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('starting'), ...running }),
  z.strictObject({ kind: z.literal('ready'), ...running, models: z.array(z.string()), readyAfterMs: z.number() }),
  z.strictObject({ kind: z.literal('waiting'), ...supervised, againAt: z.number(), last: endSchema }),
  z.strictObject({ kind: z.literal('failed'), ...supervised, last: endSchema }),
  z.strictObject({ kind: z.literal('stopped'), ...supervised }),
  /** It ran already, so it is somebody else's to stop. */
  z.strictObject({ kind: z.literal('adopted'), ...base, models: z.array(z.string()) }),
]);
export type ServerState = z.infer<typeof serverStateSchema>;
