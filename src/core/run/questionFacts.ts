import { z } from 'zod';

/** How much hangs on a question, gravest first. */
export const MAGNITUDES = ['critical', 'important', 'minor'] as const;
export type Magnitude = (typeof MAGNITUDES)[number];

/** Who can settle a question: it settles itself, somebody has to read the suggestion, or only a person knows. */
export const RESOLVABILITIES = ['auto-fix', 'suggest-fix', 'need-human'] as const;
export type Resolvability = (typeof RESOLVABILITIES)[number];

/** What may be cited for an answer. `answers` are those a person has given in this run. */
export const CITABLE = ['spec', 'constitution', 'answers', 'plan'] as const;
export type Citable = (typeof CITABLE)[number];

export const citationSchema = z.strictObject({ document: z.enum(CITABLE), quote: z.string() });
export type Citation = Readonly<z.infer<typeof citationSchema>>;

/** What is known of a question beside its words. `confidence` (0..1) is that in the suggestion; a suggestion is never empty. */
export const questionFactsSchema = z.strictObject({
  magnitude: z.enum(MAGNITUDES),
  resolvability: z.enum(RESOLVABILITIES),
  confidence: z.number().min(0).max(1),
  suggestion: z.string().min(1).nullable(),
  citation: citationSchema.nullable(),
  why: z.string(),
});
export type QuestionFacts = Readonly<z.infer<typeof questionFactsSchema>>;

/** How a question was settled that no person was asked: by a rule of the matrix, by a model's answer with a citation, or not at all (`noted`). */
export const SETTLED_BY = ['rule', 'model', 'noted'] as const;
export type SettledBy = (typeof SETTLED_BY)[number];
