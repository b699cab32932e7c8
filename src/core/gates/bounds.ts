import { z } from 'zod';

/*
 * Signals and verdicts go into the log, the panels and the next prompt, so their size is bounded. Parsing cuts and never refuses:
 * a long message must not make a log unreadable. Cutting a list never empties it, so a failing signal stays failing.
 */

/** Most characters of one text of a signal. */
export const TEXT_CAP = 2_000;
/** Most entries of one list of a signal. */
export const LIST_CAP = 200;

/** Text cut to TEXT_CAP UTF-16 units; half a surrogate pair at the cut becomes U+FFFD. Parsing twice changes nothing more. */
export const boundedText = z
  .string()
  .overwrite((text) => (text.length > TEXT_CAP ? text.slice(0, TEXT_CAP).toWellFormed() : text));

/** A list cut to its first LIST_CAP entries. */
export function boundedList<Item extends z.ZodType>(item: Item) {
  return z.array(item).overwrite((list) => (list.length > LIST_CAP ? list.slice(0, LIST_CAP) : list));
}
