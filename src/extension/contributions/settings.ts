/*
 * The editor's own settings: only what the window or this computer decides. What a repository or a person decides for every host is in speckit.toml and
 * config.toml. Endpoints, keys and budgets are not here, because a workspace could set them.
 */

/** Groups as the settings editor shows them, in the form of package.json's `contributes.configuration`. */
export const SETTINGS = [
  {
    title: 'Runs',
    order: 1,
    properties: {
      'speckitAuto.notify': {
        type: 'string',
        enum: ['whenAway', 'never'],
        enumDescriptions: [
          'One notification for each thing that needs you, while this window does not have the focus.',
          'No notifications. What needs you is in the SpecKit view and in its badge.',
        ],
        default: 'whenAway',
        scope: 'window',
        order: 1,
        markdownDescription:
          'When SpecKit tells you by a notification that something needs you. It never notifies of progress.',
      },
      'speckitAuto.resumeAfterReload': {
        type: 'boolean',
        default: true,
        scope: 'window',
        order: 2,
        markdownDescription:
          'Go on with runs that a reload of the window interrupted. A run that you paused or stopped stays so until you continue it.',
      },
    },
  },
  {
    title: 'Reflex (local server)',
    order: 2,
    properties: {
      'speckitAuto.reflex.pollSeconds': {
        type: 'number',
        minimum: 1,
        maximum: 3600,
        default: 5,
        scope: 'window',
        order: 1,
        markdownDescription:
          'Seconds between two looks at the local server and the GPU while the window has the focus. Without the focus it is a minute, and nothing is looked at while no worker in `speckit.toml` is `local`.',
      },
      'speckitAuto.reflex.nvidiaSmi': {
        type: 'string',
        default: '',
        scope: 'machine',
        order: 2,
        markdownDescription:
          'Path of `nvidia-smi`, which tells the memory of the GPU. Left empty, it is found on the `PATH` or where WSL keeps it. It is run on the machine where the workspace is.',
      },
    },
  },
] as const;
