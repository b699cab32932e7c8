import { z } from 'zod';

const spanSchema = z.strictObject({ name: z.string(), start: z.number(), end: z.number() });

/** What probe.mjs leaves behind: spans of child processes and of syncs in milliseconds since 1970, and the processor time. */
export const probeSchema = z.strictObject({
  processes: z.array(spanSchema),
  syncs: z.array(spanSchema),
  cpuMs: z.number(),
});
