import * as z from 'zod/mini';

const text = (most: number) => z.string().check(z.maxLength(most));

/** Where something is shown in full. The host opens it when a person asks for it. */
export const placeSchema = z.discriminatedUnion('kind', [
  /** A file of the user's tree, repository-relative. `line` counts from 1. */
  z.strictObject({ kind: z.literal('file'), path: text(1_000), line: z.optional(z.number()) }),
  /** A text kept in the run's log, e.g. a check's output. */
  z.strictObject({ kind: z.literal('blob'), sha256: text(64), bytes: z.number(), title: text(200) }),
  /** What a patch of the run changed in one file, as a read-only diff: `key` is the PatchApply event's. */
  z.strictObject({ kind: z.literal('patch'), key: text(300), path: text(1_000) }),
  /** The proposal, at one of its files. */
  z.strictObject({ kind: z.literal('proposal'), path: z.optional(text(1_000)) }),
]);
export type Place = z.infer<typeof placeSchema>;
