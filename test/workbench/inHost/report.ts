/** The variable of the extension host's environment that names the file of results. */
export const RESULTS_VARIABLE = 'SPECKIT_HOST_RESULTS';

export type HostTest =
  | { readonly kind: 'passed'; readonly title: string; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly title: string; readonly problem: string };

/** What a run inside an extension host came to. `isFinished` is false while it goes on, and when the host died. */
export interface HostReport {
  readonly isFinished: boolean;
  readonly tests: readonly HostTest[];
}
