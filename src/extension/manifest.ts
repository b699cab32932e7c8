/*
 * What the extension contributes, declared once: package.json's `contributes` is generated from here (test/manifest.test.ts, UPDATE=1).
 * Every id begins with `speckitAuto`, because another extension uses `speckit`.
 */

/** Commands by id, with the title the palette shows after `SpecKit: `. */
export const COMMANDS = {
  'speckitAuto.showLog': { title: 'Show Log', category: 'SpecKit', icon: '$(output)' },
} as const;

export type CommandId = keyof typeof COMMANDS;

/** package.json's `contributes`, whole. */
export function contributions(): {
  readonly commands: readonly {
    readonly command: string;
    readonly title: string;
    readonly category: string;
    readonly icon: string;
  }[];
} {
  return { commands: Object.entries(COMMANDS).map(([command, row]) => ({ command, ...row })) };
}
