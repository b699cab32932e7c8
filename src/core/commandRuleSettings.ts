import { z } from 'zod';

const words = z.array(z.string().min(1)).min(1).max(100);

/** One rule about commands, over the built-in ones (core/policy/commands/rules/). */
export const commandRuleSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe('what decisions and logs call it'),
  pattern: z
    .array(z.union([z.string().min(1), words]))
    .min(1)
    .max(50)
    .describe('the first words of the command; a list stands for any one of its words'),
  exact: z
    .boolean()
    .default(false)
    .describe('true: nothing may follow the pattern; one that allows counts over the rules below it that ask'),
  options: words.optional().describe('the only options that may follow; any when left out'),
  with: words.optional().describe('one of these words has to follow somewhere'),
  decision: z.enum(['allow', 'ask', 'forbid']).describe('what becomes of it'),
  justification: z.string().min(1).max(300).describe('why, for whoever is told of the decision'),
  match: z.array(z.string().min(1)).max(50).default([]).describe('commands the rule has to speak about'),
  not_match: z.array(z.string().min(1)).max(50).default([]).describe('commands it must not speak about'),
});
export type CommandRuleSettings = z.infer<typeof commandRuleSchema>;
