import type { ProjectOptions } from '../../support/scriptedProject.ts';
import { REVIEW_SETTINGS, REVIEW_VIEWPORT, reviewBench, type Copy, type ReviewBench } from './reviewBench.ts';
import { sharedWorkbench, type SharedWorkbenchOptions, type Workbench } from './sharedWorkbench.ts';

export interface SharedReview {
  readonly shared: () => Workbench;
  readonly bench: () => ReviewBench;
  /** The copy that the workbench shows now. */
  readonly copy: Copy;
  /** Shows a fresh copy, in which nothing has been decided. */
  openCopy(): Promise<void>;
}

export interface SharedReviewOptions extends Pick<SharedWorkbenchOptions, 'environment' | 'vsixes'> {
  /** Over those of a reviewing person. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly change?: (options: ProjectOptions) => ProjectOptions;
}

/** One workbench and one proposal for all tests of the `describe` it is called in. The first copy of its repository is shown when they begin. */
export function sharedReview({ settings, change, ...options }: SharedReviewOptions = {}): SharedReview {
  let bench: ReviewBench | undefined;
  let shown: Copy | undefined;
  const benchNow = (): ReviewBench => {
    if (bench === undefined) throw new Error('the proposal is there only while tests run');
    return bench;
  };
  const copyNow = (): Copy => {
    if (shown === undefined) throw new Error('the copy is there only while tests run');
    return shown;
  };
  const shared = sharedWorkbench({
    ...options,
    settings: { ...REVIEW_SETTINGS, ...settings },
    viewport: REVIEW_VIEWPORT,
    folder: async (server) => {
      bench = await reviewBench(server, change);
      shown = bench.copy();
      return shown.root;
    },
  });
  after(() => bench?.[Symbol.asyncDispose]());
  return {
    shared,
    bench: benchNow,
    copy: {
      get root() {
        return copyNow().root;
      },
      read: (file) => copyNow().read(file),
      files: () => copyNow().files(),
      events: () => copyNow().events(),
      kinds: () => copyNow().kinds(),
    },
    openCopy: async () => {
      shown = benchNow().copy();
      await shared().workbench.open(shown.root);
    },
  };
}
