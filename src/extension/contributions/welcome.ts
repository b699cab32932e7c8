/*
 * What an empty view says. Exactly one text fits at a time. The editor's own context keys tell of folders and trust; `speckitAuto.isRead`,
 * `speckitAuto.isRepository` and `speckitAuto.hasSpecs` are set when the overviews have been read, so that nothing is said before it is known.
 */

interface WelcomeRow {
  readonly view: string;
  readonly contents: string;
  readonly when: string;
}

const SPECS = 'speckitAuto.specs';
const NEEDS = 'speckitAuto.needs';

/** In the form of package.json's `contributes.viewsWelcome`. */
export const WELCOME: readonly WelcomeRow[] = [
  {
    view: SPECS,
    contents:
      'SpecKit takes a specification to approved, tested code in a git repository.\n[Open Folder](command:vscode.openFolder)\n[Try the Sample](command:speckitAuto.sample)\nThe sample needs no key, no GPU and no repository of yours.',
    when: 'workbenchState == empty',
  },
  {
    view: SPECS,
    contents:
      "This workspace is not trusted, so SpecKit runs nothing in it: neither a model nor one of the repository's own commands. Specs and runs can be looked at.\n[Manage Trust](command:workbench.trust.manage)",
    when: 'workbenchState != empty && !isWorkspaceTrusted',
  },
  {
    view: SPECS,
    contents:
      'Nothing can be shown of this folder: it is not in a git repository with a first commit, or its speckit.toml has a mistake.\n[What Was Found](command:speckitAuto.doctor)\n[Open speckit.toml](command:speckitAuto.openConfiguration)\n[Try the Sample](command:speckitAuto.sample)',
    when: 'workbenchState != empty && isWorkspaceTrusted && speckitAuto.isRead && !speckitAuto.isRepository',
  },
  {
    view: SPECS,
    contents:
      'No specs yet.\n[New Spec...](command:speckitAuto.new)\n[Try the Sample](command:speckitAuto.sample)\nIs SpecKit new in this repository? [Set it up](command:speckitAuto.init) first: that finds its checks and your models.',
    when: 'workbenchState != empty && isWorkspaceTrusted && speckitAuto.isRead && speckitAuto.isRepository && !speckitAuto.hasSpecs',
  },
  {
    view: NEEDS,
    contents: 'Nothing needs you.',
    when: 'workbenchState == empty || speckitAuto.isRead',
  },
];
