/** The pipeline's stages in their order. */
export const STAGES = ['specify', 'plan', 'tasks', 'implement', 'validate', 'audit', 'unlock'] as const;
export type Stage = (typeof STAGES)[number];

/** Who owns a call. The first four own stages; the others advise. */
export const ROLES = ['architect', 'implementer', 'validator', 'judge', 'critic'] as const;
export type Role = (typeof ROLES)[number];
