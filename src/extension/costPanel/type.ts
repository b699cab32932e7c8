/** What the editor knows the panel of costs by. */
export const COST_PANEL_TYPE = 'speckitAuto.costs';
