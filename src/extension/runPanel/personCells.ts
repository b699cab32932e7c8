import type { Payload } from '../../core/run/event.ts';
import type { QuestionFacts } from '../../core/run/questionFacts.ts';
import { MOST_CELLS, type Cell, type QuestionCell } from '../../protocol/runPanel.ts';
import { cut, cutList } from './cut.ts';
import type { HeadCells } from './headCells.ts';
import type { CellFeed } from './runFacts.ts';

/** The cells of what a person is asked, and of what they say: the newest of each. */
export interface PersonCells {
  asked(question: Payload<'QuestionAsk'>): void;
  settled(question: Payload<'QuestionSettle'>): void;
  answered(answer: Payload<'QuestionAnswer'>): void;
  withdrawn(question: Payload<'QuestionWithdraw'>): void;
  noted(note: Payload<'PersonNote'>): void;
  given(notes: Payload<'NotesGiven'>): void;
}

export function createPersonCells(feed: CellFeed, head: Pick<HeadCells, 'asked' | 'answered'>): PersonCells {
  const questions = new Map<string, QuestionCell>();
  const guidance = new Map<string, Cell<'guidance'>>();

  function keep(question: QuestionCell): void {
    questions.set(question.id, question);
    const [oldest] = questions.keys();
    if (oldest !== undefined && questions.size > (MOST_CELLS.question ?? 0)) questions.delete(oldest);
    feed.set(`question/${question.id}`, question);
  }

  function closed(id: string, answer: string): void {
    head.answered(id);
    const question = questions.get(id);
    if (question === undefined) return;
    const known = { ...question, answer: cut(answer, 4_000) };
    questions.set(id, known);
    feed.set(`question/${known.id}`, known);
  }

  return {
    asked({ id, stage, text, options, facts }) {
      keep({
        id: cut(id, 40),
        stage,
        text: cut(text, 2_000),
        options: cutList(options, 20, 300),
        answer: null,
        ...(facts === undefined ? {} : { facts: factsShown(facts) }),
      });
      head.asked(id);
    },
    settled: ({ id, stage, text, answer, by, facts }) =>
      keep({
        id: cut(id, 40),
        stage,
        text: cut(text, 2_000),
        options: [],
        answer: cut(answer, 4_000),
        facts: factsShown(facts),
        settled: by,
      }),
    answered: ({ id, answer }) => closed(id, answer),
    withdrawn: ({ id, text }) => closed(id, `Not asked any more. ${text}`),
    noted({ id, text, about, by }) {
      const note = {
        id: cut(id, 40),
        text: cut(text, 2_000),
        about: about === null ? null : cut(about, 300),
        by: cut(by, 100),
        isTaken: false,
      };
      guidance.set(id, note);
      const [oldest] = guidance.keys();
      if (oldest !== undefined && guidance.size > (MOST_CELLS.guidance ?? 0)) guidance.delete(oldest);
      feed.set(`guidance/${note.id}`, note);
    },
    given({ notes }) {
      for (const id of notes) {
        const note = guidance.get(id);
        if (note === undefined) continue;
        const taken = { ...note, isTaken: true };
        guidance.set(id, taken);
        feed.set(`guidance/${taken.id}`, taken);
      }
    },
  };
}

function factsShown({ magnitude, suggestion, citation, why }: QuestionFacts): QuestionCell['facts'] {
  return {
    magnitude,
    suggestion: suggestion === null ? null : cut(suggestion, 2_000),
    citation: citation === null ? null : { document: citation.document, quote: cut(citation.quote, 1_000) },
    why: cut(why, 1_000),
  };
}
