/** The suite that comes with SpecKit. */
export const USUAL_SUITE = 'reflex_patchloop_v1';

/** What a bake-off may spend where nobody says another amount. */
export const USUAL_DOLLARS = 5;

/** The command that goes on with a bake-off over a suite, or over the repository's history. */
export const resumeCommand = (origin: 'folder' | 'history'): string =>
  `speckit reflex bakeoff${origin === 'history' ? ' --from-history' : ''} --resume`;
