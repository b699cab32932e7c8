import type { RepositoryPath } from '../../ports.ts';
import type { Role } from '../../run/stage.ts';

/** What one call makes of one file. A move names two: where the file is and where it is to be. */
export type FileAct =
  | { readonly kind: 'create' | 'change' | 'delete'; readonly path: RepositoryPath }
  | { readonly kind: 'move'; readonly path: RepositoryPath; readonly to: RepositoryPath };

/**
 * A call of a worker's tool, as the broker judges it, whoever made it: our own agent through a tool, or another program through a protocol of its own.
 * `ask` is for a file outside the plan.
 */
export type AgentCall =
  | { readonly kind: 'read'; readonly path: RepositoryPath }
  | { readonly kind: 'search'; readonly folder: string }
  | { readonly kind: 'patch'; readonly acts: readonly FileAct[] }
  | { readonly kind: 'check'; readonly name: string }
  | { readonly kind: 'ask'; readonly path: RepositoryPath };

export type CallKind = AgentCall['kind'];

/** Which roles may do what. What is not named is refused; a role is offered only the tools of what it may do. Reading holds the listing of files. */
export const PERMISSIONS: Readonly<Record<Role, readonly CallKind[]>> = {
  architect: ['read', 'search'],
  implementer: ['read', 'search', 'patch', 'check', 'ask'],
  validator: ['read', 'search', 'check'],
  judge: ['read', 'search'],
  critic: ['read', 'search'],
  security_reviewer: ['read', 'search'],
  performance_reviewer: ['read', 'search'],
  librarian: ['read', 'search'],
  tutor: ['read', 'search'],
};
