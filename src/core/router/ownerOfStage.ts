import type { Role, Stage } from '../run/stage.ts';

/** Who owns each stage. The judge prepares unlock; a person decides it (see core/gates). */
export const OWNER_OF_STAGE: Readonly<Record<Stage, Role>> = {
  specify: 'architect',
  plan: 'architect',
  tasks: 'architect',
  implement: 'implementer',
  validate: 'validator',
  audit: 'judge',
  unlock: 'judge',
};
