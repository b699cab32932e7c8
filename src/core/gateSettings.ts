import { z } from 'zod';

/** How much of what is open is asked about: what is graver or less sure goes to a person from the left to the right. */
export const CLARIFY_DEPTHS = ['low', 'normal', 'high'] as const;
export type ClarifyDepth = (typeof CLARIFY_DEPTHS)[number];

/** What gates decide by: the table [gates] of the configuration. */
export const gatesSchema = z
  .strictObject({
    min_confidence: z
      .number()
      .min(0)
      .max(1)
      .default(0.75)
      .describe("an owner's confidence below this does not proceed"),
    attempts_per_worker: z
      .int()
      .min(1)
      .max(5)
      .default(2)
      .describe('failed attempts before the next worker in the chain'),
    complex_task_files_threshold: z
      .int()
      .min(1)
      .max(1_000)
      .default(4)
      .describe('a change of more files than this is of high risk'),
    min_test_coverage: z
      .number()
      .min(1)
      .max(100)
      .optional()
      .describe('percent of lines that tests must cover after validate, as your own checks print or report it'),
    critic: z
      .boolean()
      .default(true)
      .describe('whether a critic reads the plan and the change; SPEC_KIT_SIDECAR_CRITIC=off or on counts over it'),
    clarify_depth: z
      .enum(CLARIFY_DEPTHS)
      .default('normal')
      .describe(
        'how much of what is open is asked about: low what blocks alone, normal also vague words and unsure plans, high everything; what is critical is always yours',
      ),
  })
  .prefault({});
