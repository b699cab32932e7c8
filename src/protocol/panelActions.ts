import * as z from 'zod/mini';
import { costChoiceSchema } from './costPanel.ts';
import { placeSchema } from './place.ts';

/*
 * What a person can do in the panels: webview -> host. The host validates each message: a webview shows text of models and repositories, and is
 * trusted with nothing. `message` of host -> webview is in feed.ts.
 */

const text = (most: number) => z.string().check(z.maxLength(most));

/** The panel has been drawn and wants its cells; also after it found a gap. */
const ready = z.strictObject({ kind: z.literal('ready') });
/** Everything up to this message has been drawn. */
const acknowledge = z.strictObject({ kind: z.literal('acknowledge'), seq: z.number() });

/** Webview of a run -> host. */
export const panelActionSchema = z.discriminatedUnion('kind', [
  ready,
  acknowledge,
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('resume') }),
  /** Goes on past the limits in dollars that stopped it; the host asks once more and records who. */
  z.strictObject({ kind: z.literal('resumeOverBudget') }),
  z.strictObject({ kind: z.literal('tell'), text: text(4_000) }),
  /** `intoSpec`: the answer is written into spec.md, too. */
  z.strictObject({
    kind: z.literal('answer'),
    question: text(40),
    answer: text(4_000),
    intoSpec: z.optional(z.literal(true)),
  }),
  z.strictObject({ kind: z.literal('review') }),
  /** `round`: the proposal that was drawn. A click on an old drawing decides nothing about a newer one. */
  z.strictObject({ kind: z.literal('approveAll'), round: z.int() }),
  z.strictObject({ kind: z.literal('reject'), round: z.int(), why: text(4_000) }),
  z.strictObject({ kind: z.literal('undo') }),
  z.strictObject({ kind: z.literal('tryProposal') }),
  /** A new run of the same spec, with the policy as it is now. */
  z.strictObject({ kind: z.literal('runAgain') }),
  z.strictObject({ kind: z.literal('explain') }),
  z.strictObject({ kind: z.literal('open'), place: placeSchema }),
  z.strictObject({ kind: z.literal('dismissNotice') }),
  /** A link in a rendered document. Only http and https are opened, after the person agreed. */
  z.strictObject({ kind: z.literal('link'), url: text(2_000) }),
]);
export type PanelAction = z.infer<typeof panelActionSchema>;

/** What every page posts about its feed. */
export type FeedAction = z.infer<typeof ready> | z.infer<typeof acknowledge>;

/** Webview of costs -> host. */
export const costActionSchema = z.discriminatedUnion('kind', [
  ready,
  acknowledge,
  z.strictObject({ kind: z.literal('chooseCosts'), choice: costChoiceSchema }),
  /** The limits stand in speckit.toml. */
  z.strictObject({ kind: z.literal('openConfiguration') }),
]);
export type CostAction = z.infer<typeof costActionSchema>;

/** Webview of reflex -> host. */
export const reflexActionSchema = z.discriminatedUnion('kind', [
  ready,
  acknowledge,
  /** A command that the palette has as well; in a workspace that is not trusted it refuses by itself. */
  z.strictObject({
    kind: z.literal('reflexCommand'),
    command: z.enum(['health', 'plan', 'start', 'bakeoff', 'logs', 'configuration']),
  }),
  /** A report of a bake-off, from the root of the repository. */
  z.strictObject({
    kind: z.literal('openReport'),
    file: z.string().check(z.regex(/^\.speckit\/eval\/reflex-bakeoff-[\w-]{1,100}\.json$/)),
  }),
]);
export type ReflexAction = z.infer<typeof reflexActionSchema>;
export type ReflexCommand = Extract<ReflexAction, { kind: 'reflexCommand' }>['command'];
export { costChoiceSchema };
