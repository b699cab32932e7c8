import { posix, win32 } from 'node:path';

/** Where SpecKit keeps what belongs to a person and not to a repository. Absolute; none need exist yet. */
export interface UserFolders {
  /** config.toml */
  readonly config: string;
  /** the ledger */
  readonly data: string;
  /** worktrees of runs */
  readonly state: string;
  /** what can be made again */
  readonly cache: string;
}

export interface UserFoldersInput {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The person's home folder, absolute. */
  readonly home: string;
}

/**
 * The folders by the platform's own convention: XDG Base Directory 0.8 on Linux and other Unixes (relative values are ignored, as it
 * asks), ~/Library on macOS, AppData on Windows. The macOS and Windows paths follow the vendors' guidelines and have not been tried on
 * those systems. SPECKIT_HOME, when absolute, holds all four instead.
 */
export function userFolders({ platform, environment, home }: UserFoldersInput): UserFolders {
  const path = platform === 'win32' ? win32 : posix;
  const base = (variable: string, ...otherwise: readonly string[]) => {
    const value = environment[variable];
    return value !== undefined && path.isAbsolute(value) ? value : path.join(home, ...otherwise);
  };
  const own = environment['SPECKIT_HOME'];
  if (own !== undefined && path.isAbsolute(own)) return under(path, own);
  if (platform === 'darwin') {
    const support = path.join(home, 'Library', 'Application Support', 'speckit');
    return { ...under(path, support), cache: path.join(home, 'Library', 'Caches', 'speckit') };
  }
  if (platform === 'win32') {
    const local = under(path, path.join(base('LOCALAPPDATA', 'AppData', 'Local'), 'speckit'));
    return { ...local, config: path.join(base('APPDATA', 'AppData', 'Roaming'), 'speckit') };
  }
  return {
    config: path.join(base('XDG_CONFIG_HOME', '.config'), 'speckit'),
    data: path.join(base('XDG_DATA_HOME', '.local', 'share'), 'speckit'),
    state: path.join(base('XDG_STATE_HOME', '.local', 'state'), 'speckit'),
    cache: path.join(base('XDG_CACHE_HOME', '.cache'), 'speckit'),
  };
}

function under(path: typeof posix, folder: string): UserFolders {
  return {
    config: path.join(folder, 'config'),
    data: path.join(folder, 'data'),
    state: path.join(folder, 'state'),
    cache: path.join(folder, 'cache'),
  };
}
