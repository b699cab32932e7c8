import { HttpError } from './httpError.js';

const MAX_TITLE_LENGTH = 200;
const MAX_TEXT_LENGTH = 20_000;
const MAX_LOOKUP_IDS = 100;

/**
 * All routes of the service. `access: 'key'` routes are answered only with a known API key, `hasBody` routes
 * get the JSON body of the request.
 *
 * @param {ReturnType<typeof import('./store.js').createNoteStore>} store
 * @returns {Array<{
 *   method: string, path: string, access: 'public' | 'key', hasBody: boolean,
 *   handle: (input: { owner?: string, params: Record<string, string>, body?: Record<string, unknown> }) =>
 *     { status: number, headers?: Record<string, string>, body?: object },
 * }>}
 */
export function createRoutes(store) {
  return [
    { method: 'GET', path: '/health', access: 'public', hasBody: false, handle: health },
    { method: 'GET', path: '/notes', access: 'key', hasBody: false, handle: listNotes },
    { method: 'POST', path: '/notes', access: 'key', hasBody: true, handle: createNote },
    { method: 'POST', path: '/notes/lookup', access: 'key', hasBody: true, handle: lookUpNotes },
    { method: 'GET', path: '/notes/:id', access: 'key', hasBody: false, handle: getNote },
    { method: 'PUT', path: '/notes/:id', access: 'key', hasBody: true, handle: replaceNote },
    { method: 'DELETE', path: '/notes/:id', access: 'key', hasBody: false, handle: deleteNote },
  ];

  function health() {
    return { status: 200, body: { status: 'ok' } };
  }

  function listNotes({ owner }) {
    return { status: 200, body: { notes: store.list(owner) } };
  }

  function createNote({ owner, body }) {
    const note = store.create(owner, readContent(body));
    return { status: 201, headers: { Location: `/notes/${note.id}` }, body: note };
  }

  function lookUpNotes({ owner, body }) {
    const found = readIds(body).map((id) => ({ id, note: store.get(owner, id) }));
    return {
      status: 200,
      body: {
        notes: found.filter(({ note }) => note).map(({ note }) => note),
        missing: found.filter(({ note }) => !note).map(({ id }) => id),
      },
    };
  }

  function getNote({ owner, params }) {
    return { status: 200, body: store.get(owner, params.id) ?? noSuchNote() };
  }

  function replaceNote({ owner, params, body }) {
    return { status: 200, body: store.replace(owner, params.id, readContent(body)) ?? noSuchNote() };
  }

  function deleteNote({ owner, params }) {
    if (!store.remove(owner, params.id)) noSuchNote();
    return { status: 204 };
  }
}

function readContent({ title, text }) {
  if (typeof title !== 'string' || title.trim() === '' || title.length > MAX_TITLE_LENGTH) {
    throw new HttpError(400, 'invalid_note', `"title" must be text of 1 to ${MAX_TITLE_LENGTH} characters.`);
  }
  if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH) {
    throw new HttpError(400, 'invalid_note', `"text" must be text of up to ${MAX_TEXT_LENGTH} characters.`);
  }
  return { title, text };
}

function readIds({ ids }) {
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= MAX_LOOKUP_IDS;
  if (!isList || !ids.every((id) => typeof id === 'string')) {
    throw new HttpError(400, 'invalid_lookup', `"ids" must be a list of 1 to ${MAX_LOOKUP_IDS} note ids.`);
  }
  return [...new Set(ids)];
}

function noSuchNote() {
  throw new HttpError(404, 'note_not_found', 'There is no note with this id.');
}
