import type { FileChange, FileDifference, RepositoryPath } from '../ports.ts';
import { isCheckDefinition } from './checkDefinition.ts';
import { changedKeys, manifestKind, withBaseKeys } from './manifest.ts';

/**
 * The changes that put the base's definitions of the checks back into the tree that the differences lead to, so that the checks mean there
 * what they meant at the base. A changed or deleted definition comes back whole, an added one is taken out. A manifest keeps its new content
 * except for its check keys; an added package.json stays as it is, because no base says what its scripts should be. Binary files stay.
 * The changes are in the order of the differences.
 */
export function withBaseDefinitions(
  differences: readonly FileDifference[],
  isDefinition: (path: RepositoryPath) => boolean = isCheckDefinition,
): readonly FileChange[] {
  return differences.flatMap((difference) => {
    if (difference.binary || !isDefinition(difference.path)) return [];
    const change = baseDefinition(difference);
    return change ? [change] : [];
  });
}

function baseDefinition(difference: FileDifference): FileChange | undefined {
  const { path, before, after } = difference;
  const kind = manifestKind(path);
  if (after === undefined) return before === undefined ? undefined : { kind: 'write', path, content: before };
  if (!kind) return before === undefined ? { kind: 'delete', path } : { kind: 'write', path, content: before };
  if (before === undefined && kind.format === 'json') return undefined;
  if (changedKeys(kind, before, after)?.length === 0) return undefined;
  const content = withBaseKeys(kind, before ?? '', after);
  if (before === undefined && content === '') return { kind: 'delete', path };
  return content === after ? undefined : { kind: 'write', path, content };
}
