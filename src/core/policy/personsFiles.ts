import type { RepositoryPath } from '../ports.ts';

/**
 * Whether a file says what a run may do or what it was approved for: speckit.toml, the constitution, the documents and approvals of the specs, and what
 * git and SpecKit keep. Only a person changes these, whatever a plan names or a text in the repository asks for. Case does not count: some disks
 * know none.
 */
export function isPersonsFile(path: RepositoryPath, specsFolder: string): boolean {
  const name = path.toLowerCase();
  return (
    name === 'speckit.toml' ||
    CONSTITUTIONS.includes(name) ||
    /(?:^|\/)(?:\.git|\.speckit|\.specify)(?:\/|$)/.test(name) ||
    name.startsWith(`${specsFolder.toLowerCase()}/`)
  );
}

const CONSTITUTIONS: readonly string[] = ['memory/constitution.md', '.specify/memory/constitution.md'];
