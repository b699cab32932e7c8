import assert from 'node:assert/strict';
import type { UserFolders, UserFoldersInput } from '../../src/node/userFolders.ts';
import { userFolders } from '../../src/node/userFolders.ts';

const cases: readonly [name: string, input: UserFoldersInput, expected: UserFolders][] = [
  [
    'Linux',
    { platform: 'linux', environment: {}, home: '/home/ada' },
    {
      config: '/home/ada/.config/speckit',
      data: '/home/ada/.local/share/speckit',
      state: '/home/ada/.local/state/speckit',
      cache: '/home/ada/.cache/speckit',
    },
  ],
  [
    'Linux with XDG variables, of which relative and empty ones do not count',
    {
      platform: 'linux',
      environment: {
        XDG_CONFIG_HOME: '/etc/ada',
        XDG_DATA_HOME: 'data',
        XDG_STATE_HOME: '',
        XDG_CACHE_HOME: '/tmp/c/',
      },
      home: '/home/ada',
    },
    {
      config: '/etc/ada/speckit',
      data: '/home/ada/.local/share/speckit',
      state: '/home/ada/.local/state/speckit',
      cache: '/tmp/c/speckit',
    },
  ],
  [
    'macOS',
    { platform: 'darwin', environment: { XDG_CONFIG_HOME: '/x' }, home: '/Users/ada' },
    {
      config: '/Users/ada/Library/Application Support/speckit/config',
      data: '/Users/ada/Library/Application Support/speckit/data',
      state: '/Users/ada/Library/Application Support/speckit/state',
      cache: '/Users/ada/Library/Caches/speckit',
    },
  ],
  [
    'Windows',
    { platform: 'win32', environment: { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, home: 'C:\\Users\\ada' },
    {
      config: 'C:\\Users\\ada\\AppData\\Roaming\\speckit',
      data: 'C:\\Users\\ada\\AppData\\Local\\speckit\\data',
      state: 'C:\\Users\\ada\\AppData\\Local\\speckit\\state',
      cache: 'C:\\Users\\ada\\AppData\\Local\\speckit\\cache',
    },
  ],
  [
    'a folder of its own for all',
    { platform: 'linux', environment: { SPECKIT_HOME: '/tmp/s', XDG_CONFIG_HOME: '/x' }, home: '/home/ada' },
    { config: '/tmp/s/config', data: '/tmp/s/data', state: '/tmp/s/state', cache: '/tmp/s/cache' },
  ],
];

describe("a person's folders", () => {
  for (const [name, input, expected] of cases) it(`on ${name}`, () => assert.deepEqual(userFolders(input), expected));
});
