/** What the editor knows the reflex panel by. */
export const REFLEX_PANEL_TYPE = 'speckitAuto.reflex';
