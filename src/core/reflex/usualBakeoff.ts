/** The suite that comes with SpecKit. */
export const USUAL_SUITE = 'reflex_patchloop_v1';

/** What a bake-off may spend where nobody says another amount. */
export const USUAL_DOLLARS = 5;
