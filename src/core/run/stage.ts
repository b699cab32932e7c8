/** The pipeline's stages in their order. */
export const STAGES = ['specify', 'plan', 'tasks', 'implement', 'validate', 'audit', 'unlock'] as const;
export type Stage = (typeof STAGES)[number];

/** Those that advise beside a stage's owner: core/policy/advisersAt.ts says who is asked when. */
export const ADVISERS = ['critic', 'security_reviewer', 'performance_reviewer', 'librarian', 'tutor'] as const;
export type Adviser = (typeof ADVISERS)[number];

/** Who owns a call. The first four own stages; the others advise. */
export const ROLES = ['architect', 'implementer', 'validator', 'judge', ...ADVISERS] as const;
export type Role = (typeof ROLES)[number];

/** A role in a sentence. */
export const roleText = (role: string): string => role.replaceAll('_', ' ');
