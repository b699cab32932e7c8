interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly markdown: string };
  readonly completionEvents: readonly string[];
}

const step = (name: string, title: string, description: string, completionEvents: readonly string[]): Step => ({
  id: `speckitAuto.start.${name}`,
  title,
  description,
  media: { markdown: `media/walkthrough/${name}.md` },
  completionEvents,
});

/** In the form of package.json's `contributes.walkthroughs`. A step is done when its command has run. */
export const WALKTHROUGH = [
  {
    id: 'speckitAuto.start',
    title: 'Get Started with SpecKit',
    description: 'From a specification to approved, tested code.',
    icon: 'media/speckit.svg',
    steps: [
      step(
        'found',
        'See what was found here',
        "Local servers, keys, the editor's own models, and the checks of your repository.\n[What Was Found](command:speckitAuto.doctor)\n[Set Key...](command:speckitAuto.setKey)",
        ['onCommand:speckitAuto.doctor'],
      ),
      step(
        'sample',
        'Try the sample',
        'A whole run in under a minute. The answers of its models are recorded, so it needs no key and no GPU; git, patches, checks and gates are real.\n[Try the Sample](command:speckitAuto.sample)',
        ['onCommand:speckitAuto.sample'],
      ),
      step(
        'spec',
        'Write a spec',
        'Set your repository up once, then say what you want: requirements, and examples that show when they are met.\n[Set Up](command:speckitAuto.init)\n[New Spec...](command:speckitAuto.new)',
        ['onCommand:speckitAuto.new', 'onCommand:speckitAuto.newFromSelection'],
      ),
      step(
        'auto',
        'Press Auto',
        'First comes a preview of what will run and what it may cost. Then look away: you are told when something needs you.\n[Auto](command:speckitAuto.auto)',
        ['onCommand:speckitAuto.auto'],
      ),
      step(
        'review',
        'Review and approve',
        'The change waits as a diff. Approve, reject or edit each part of it; what you approved is applied, byte for byte.\n[Review the Change](command:speckitAuto.reviewAll)',
        ['onCommand:speckitAuto.reviewAll', 'onCommand:speckitAuto.applyApproved'],
      ),
    ],
  },
] as const;
