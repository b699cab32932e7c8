import { randomUUID } from 'node:crypto';
import { toIsoTime } from './clock.js';

/**
 * Keeps the notes of all owners in memory. An owner never sees the notes of another: asking for one is the
 * same as asking for a note that does not exist. All notes handed out are copies.
 *
 * @param {import('./clock.js').Clock} clock
 * @param {() => string} newId makes the id of each new note
 * @returns {{
 *   list: (owner: string) => object[],
 *   get: (owner: string, id: string) => object | undefined,
 *   create: (owner: string, content: { title: string, text: string }) => object,
 *   replace: (owner: string, id: string, content: { title: string, text: string }) => object | undefined,
 *   remove: (owner: string, id: string) => boolean,
 * }} `list` gives the oldest note first
 */
export function createNoteStore(clock, newId = randomUUID) {
  const notesByOwner = new Map();
  const notesOf = (owner) => notesByOwner.get(owner) ?? new Map();

  return {
    list: (owner) => [...notesOf(owner).values()].map((note) => ({ ...note })),

    get(owner, id) {
      const note = notesOf(owner).get(id);
      return note && { ...note };
    },

    create(owner, { title, text }) {
      const now = toIsoTime(clock.now());
      const note = { id: newId(), title, text, createdAt: now, updatedAt: now };
      if (!notesByOwner.has(owner)) notesByOwner.set(owner, new Map());
      notesByOwner.get(owner).set(note.id, note);
      return { ...note };
    },

    replace(owner, id, { title, text }) {
      const note = notesOf(owner).get(id);
      if (!note) return undefined;
      Object.assign(note, { title, text, updatedAt: toIsoTime(clock.now()) });
      return { ...note };
    },

    remove: (owner, id) => notesOf(owner).delete(id),
  };
}
