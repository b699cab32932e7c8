/*
 * What reviewing contributes to package.json, as data. `manifest.ts` merges these rows, so that a command without a handler does not compile. Commands
 * that mean nothing without what was clicked on are hidden from the palette.
 */

/** A command of this part. `palette`: shown where it can find out by itself what it is about. */
export interface CommandRow {
  readonly title: string;
  readonly category: 'SpecKit';
  readonly icon?: string;
  readonly enablement?: string;
  readonly palette: 'shown' | 'hidden';
}

const category = 'SpecKit';

export const REVIEW_COMMANDS = {
  'speckitAuto.reviewAll': {
    title: 'Review All',
    category,
    icon: '$(diff-multiple)',
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.openProposedFile': { title: 'Open Proposed Change', category, icon: '$(diff)', palette: 'hidden' },
  'speckitAuto.approveHunk': {
    title: 'Approve Hunk',
    category,
    icon: '$(check)',
    enablement: 'speckitAuto.inProposal',
    palette: 'shown',
  },
  'speckitAuto.rejectHunk': {
    title: 'Reject Hunk',
    category,
    icon: '$(x)',
    enablement: 'speckitAuto.inProposal',
    palette: 'shown',
  },
  // A lens and a line in Source Control act on what they stand at, whichever editor is active: an enablement would switch them off there.
  'speckitAuto.approveThis': { title: 'Approve', category, icon: '$(check)', palette: 'hidden' },
  'speckitAuto.rejectThis': { title: 'Reject...', category, icon: '$(x)', palette: 'hidden' },
  'speckitAuto.whyThisChange': { title: 'Why This Change?', category, icon: '$(question)', palette: 'hidden' },
  'speckitAuto.nextHunk': {
    title: 'Next Hunk',
    category,
    icon: '$(arrow-down)',
    enablement: 'speckitAuto.hasHunks',
    palette: 'shown',
  },
  'speckitAuto.approveFile': {
    title: 'Approve File',
    category,
    icon: '$(check-all)',
    enablement: 'speckitAuto.canApproveFile',
    palette: 'shown',
  },
  'speckitAuto.rejectFile': {
    title: 'Reject File...',
    category,
    icon: '$(close-all)',
    enablement: 'speckitAuto.canRejectFile',
    palette: 'shown',
  },
  'speckitAuto.approveTask': {
    title: 'Approve Task...',
    category,
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.rejectTask': {
    title: 'Reject Task...',
    category,
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.approveProposal': {
    title: 'Approve All and Apply',
    category,
    icon: '$(check-all)',
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.applyApproved': {
    title: 'Apply Approved',
    category,
    icon: '$(git-commit)',
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.applyUnchecked': {
    title: 'Apply Unchecked...',
    category,
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.rejectProposal': {
    title: 'Reject Proposal...',
    category,
    icon: '$(discard)',
    enablement: 'speckitAuto.hasProposal',
    palette: 'shown',
  },
  'speckitAuto.giveComment': { title: 'Give to the Next Attempt', category, palette: 'hidden' },
  'speckitAuto.copyCommitMessage': { title: 'Copy Commit Message', category, icon: '$(copy)', palette: 'shown' },
} as const satisfies Readonly<Record<string, CommandRow>>;

export type ReviewCommandId = keyof typeof REVIEW_COMMANDS;

export interface MenuRow {
  readonly command: ReviewCommandId;
  readonly when: string;
  readonly group: string;
}

const inDiff = 'isInDiffEditor && resourceScheme == speckitAuto-proposal';
const inSourceControl = 'scmProvider == speckitAuto';

/** Rows by menu. `commandPalette` hides the hidden ones. */
export const REVIEW_MENUS: Readonly<Record<string, readonly (MenuRow | Omit<MenuRow, 'group'>)[]>> = {
  'editor/title': [
    { command: 'speckitAuto.approveFile', when: inDiff, group: 'navigation@1' },
    { command: 'speckitAuto.rejectFile', when: inDiff, group: 'navigation@2' },
    { command: 'speckitAuto.nextHunk', when: inDiff, group: 'navigation@3' },
    { command: 'speckitAuto.reviewAll', when: inDiff, group: '1_speckitAuto@1' },
    { command: 'speckitAuto.approveTask', when: inDiff, group: '1_speckitAuto@2' },
    { command: 'speckitAuto.rejectTask', when: inDiff, group: '1_speckitAuto@3' },
    { command: 'speckitAuto.applyApproved', when: inDiff, group: '1_speckitAuto@4' },
    { command: 'speckitAuto.rejectProposal', when: inDiff, group: '1_speckitAuto@5' },
  ],
  'editor/context': [
    { command: 'speckitAuto.approveHunk', when: 'speckitAuto.inProposal', group: '1_speckitAuto@1' },
    { command: 'speckitAuto.rejectHunk', when: 'speckitAuto.inProposal', group: '1_speckitAuto@2' },
  ],
  'scm/title': [{ command: 'speckitAuto.reviewAll', when: inSourceControl, group: 'navigation@1' }],
  'scm/resourceGroup/context': [
    { command: 'speckitAuto.reviewAll', when: inSourceControl, group: 'inline@1' },
    { command: 'speckitAuto.applyApproved', when: inSourceControl, group: 'inline@2' },
    { command: 'speckitAuto.approveProposal', when: inSourceControl, group: 'inline@3' },
    { command: 'speckitAuto.rejectProposal', when: inSourceControl, group: 'inline@4' },
    { command: 'speckitAuto.copyCommitMessage', when: inSourceControl, group: '1_speckitAuto@1' },
    { command: 'speckitAuto.applyUnchecked', when: inSourceControl, group: '2_speckitAuto@1' },
  ],
  'scm/resourceState/context': [
    { command: 'speckitAuto.approveThis', when: inSourceControl, group: 'inline@1' },
    { command: 'speckitAuto.rejectThis', when: inSourceControl, group: 'inline@2' },
    { command: 'speckitAuto.openProposedFile', when: inSourceControl, group: 'navigation@1' },
    { command: 'speckitAuto.whyThisChange', when: inSourceControl, group: 'navigation@2' },
    { command: 'speckitAuto.approveTask', when: inSourceControl, group: '1_speckitAuto@1' },
    { command: 'speckitAuto.rejectTask', when: inSourceControl, group: '1_speckitAuto@2' },
  ],
  'comments/commentThread/context': [
    { command: 'speckitAuto.giveComment', when: 'commentController == speckitAuto', group: 'inline' },
  ],
  commandPalette: (Object.keys(REVIEW_COMMANDS) as ReviewCommandId[])
    .filter((id) => REVIEW_COMMANDS[id].palette === 'hidden')
    .map((command) => ({ command, when: 'false' })),
};

export interface KeyRow {
  readonly command: ReviewCommandId;
  readonly key: string;
  readonly mac: string;
  readonly when: string;
}

const atCursor = 'editorTextFocus && speckitAuto.inProposal';

/** Chords that VS Code and its own extensions leave free; each works only while the cursor is in a proposal. */
export const REVIEW_KEYS: readonly KeyRow[] = [
  { command: 'speckitAuto.approveHunk', key: 'ctrl+k a', mac: 'cmd+k a', when: atCursor },
  { command: 'speckitAuto.rejectHunk', key: 'ctrl+k x', mac: 'cmd+k x', when: atCursor },
  { command: 'speckitAuto.nextHunk', key: 'ctrl+k j', mac: 'cmd+k j', when: atCursor },
  { command: 'speckitAuto.approveFile', key: 'ctrl+k shift+a', mac: 'cmd+k shift+a', when: atCursor },
  { command: 'speckitAuto.rejectFile', key: 'ctrl+k shift+x', mac: 'cmd+k shift+x', when: atCursor },
];

/** Tabs of these schemes are restored after a reload and wake the extension. */
export const REVIEW_ACTIVATION: readonly string[] = [
  'onFileSystem:speckitAuto-base',
  'onFileSystem:speckitAuto-proposal',
  'onFileSystem:speckitAuto-patch',
  'onFileSystem:speckitAuto-conflict',
];

/** A default of the extension, which a user's own setting overrides; nothing is written into anybody's settings. */
export const REVIEW_DEFAULTS = { 'diffEditor.codeLens': true } as const;
