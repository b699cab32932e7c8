import path from 'node:path';
import { EventEmitter, FileDecoration, ThemeColor, Uri, window, type Disposable } from 'vscode';
import type { RunSummary, SpecOverview } from '../../app/overview.ts';
import type { Overviews } from '../overviews.ts';
import { runStateText } from '../words.ts';

/** A badge of one character, what it means in words, and its colour where it warns. */
interface Badge {
  readonly letter: string;
  readonly words: string;
  readonly color?: 'list.warningForeground' | 'list.errorForeground';
}

/** Marks on specs that wait for a person or are worked on, and on documents that are stale, wherever the editor lists files. */
export function registerSpecBadges(overviews: Overviews): Disposable {
  const changed = new EventEmitter<Uri[]>();
  let badges = new Map<string, Badge>();
  const update = (): void => {
    const before = badges;
    badges = new Map(
      overviews
        .all()
        .flatMap(({ overview: { root, specs } }) =>
          specs.flatMap((spec) =>
            badgesOf(spec).map(([file, badge]) => [Uri.file(path.join(root, file)).toString(), badge] as const),
          ),
        ),
    );
    changed.fire([...new Set([...before.keys(), ...badges.keys()])].map((uri) => Uri.parse(uri)));
  };
  const listening = overviews.onDidChange(update);
  const registered = window.registerFileDecorationProvider({
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri) => {
      const badge = badges.get(uri.toString());
      if (badge === undefined) return undefined;
      return new FileDecoration(
        badge.letter,
        badge.words,
        badge.color === undefined ? undefined : new ThemeColor(badge.color),
      );
    },
  });
  return {
    dispose: () => {
      listening.dispose();
      registered.dispose();
      changed.dispose();
    },
  };
}

function badgesOf(spec: SpecOverview): readonly (readonly [string, Badge])[] {
  const [run] = spec.runs;
  const own = run === undefined ? undefined : badgeOfRun(run);
  const stale = spec.stages.flatMap(({ document }) =>
    document?.state === 'stale'
      ? [[document.path, { letter: 'S', words: `Stale: ${document.why}.`, color: 'list.warningForeground' }] as const]
      : [],
  );
  return [...(own === undefined ? [] : [[spec.path, own] as const]), ...stale];
}

function badgeOfRun(run: RunSummary): Badge | undefined {
  const words = `SpecKit: ${runStateText(run)} in ${run.stage}`;
  if (run.at === 'working') return { letter: '▸', words };
  if (run.at === 'interrupted') return { letter: '!', words, color: 'list.warningForeground' };
  switch (run.outcome) {
    case 'proposed':
      return { letter: '±', words };
    case 'needsInput':
      return { letter: '?', words, color: 'list.warningForeground' };
    case 'gateFailed':
    case 'infrastructure':
    case 'configuration':
    case 'blocked':
      return { letter: '!', words, color: 'list.errorForeground' };
    case 'applied':
    case 'rejected':
    case 'paused':
    case 'stopped':
    case undefined:
      return undefined;
  }
  return undefined;
}
