import { z } from 'zod';

/*
 * [routing], and the chains that a tier may have in the place of its own: roles and whom each is routed to.
 */

const chain = z.array(z.string().min(1)).max(6);

export const routingSchema = z
  .strictObject({
    architect: chain.default([]),
    implementer: chain.default([]),
    judge: chain.default([]),
    critic: chain.default([]),
    security_reviewer: chain.default([]).describe('workers that review security; those of the critic when left out'),
    performance_reviewer: chain
      .default([])
      .describe('workers that review performance; those of the critic when left out'),
    librarian: chain
      .default([])
      .describe(
        'workers that choose files where not all fit into a prompt; the local ones of the implementer when left out',
      ),
    librarian_long_context_tokens: z
      .int()
      .nonnegative()
      .default(100_000)
      .describe(
        "estimated tokens of the librarian's own prompt past which those of its workers are asked that are not local, and up to which none of them is; 0: always",
      ),
    tutor: chain
      .default([])
      .describe('workers that explain failing output; the local ones of the implementer when left out'),
  })
  .prefault({})
  .describe('role -> workers or model chains, cheapest first; the next one is called after two failed attempts');

/** The chains of one tier. */
export const tierChains = {
  architect: chain.optional().describe('workers for this tier; routing.architect when left out'),
  implementer: chain.optional().describe('workers for this tier; routing.implementer when left out'),
  judge: chain.optional().describe('workers for this tier; routing.judge when left out'),
  critic: chain.optional().describe('workers for this tier; routing.critic when left out'),
  security_reviewer: chain.optional().describe('workers for this tier; routing.security_reviewer when left out'),
  performance_reviewer: chain.optional().describe('workers for this tier; routing.performance_reviewer when left out'),
  librarian: chain.optional().describe('workers for this tier; routing.librarian when left out'),
  tutor: chain.optional().describe('workers for this tier; routing.tutor when left out'),
};
