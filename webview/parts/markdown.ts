import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import type { Place } from '../../src/protocol/place.ts';
import type { PanelAction } from '../../src/protocol/panelActions.ts';

/*
 * Markdown of models and repositories as safe HTML: no HTML of its own, no pictures, no link that the page itself would follow. A link is an element
 * that carries its target as data; what it leads to is asked of the host.
 */

const markdown = new MarkdownIt({ html: false, linkify: false });

markdown.renderer.rules['link_open'] = (tokens, index) => {
  const target = String(tokens[index]?.attrGet('href') ?? '');
  if (actionOf(target) === undefined) return '<span>';
  const text = markdown.utils.escapeHtml(target);
  return `<a role="link" tabindex="0" title="${text}" data-target="${text}">`;
};
markdown.renderer.rules['link_close'] = (tokens, index) => {
  const level = tokens[index]?.level;
  for (let at = index - 1; at >= 0; at -= 1) {
    const token = tokens[at];
    if (token?.type !== 'link_open' || token.level !== level) continue;
    return actionOf(String(token.attrGet('href') ?? '')) === undefined ? '</span>' : '</a>';
  }
  return '</a>';
};
// A picture would be a request to wherever the text says: its words are shown instead.
markdown.renderer.rules['image'] = (tokens, index) =>
  `<em>[picture: ${markdown.utils.escapeHtml(tokens[index]?.content ?? '')}]</em>`;
// Headings of a document stand below the panel's own.
markdown.renderer.rules['heading_open'] = (tokens, index) => `<h${deeper(tokens[index]?.tag)}>`;
markdown.renderer.rules['heading_close'] = (tokens, index) => `</h${deeper(tokens[index]?.tag)}>`;

const deeper = (tag: string | undefined): number => Math.min(6, Number(tag?.slice(1) ?? 1) + 2);

const TAGS = 'a p h3 h4 h5 h6 ul ol li em strong s code pre blockquote table thead tbody tr th td hr br span'.split(
  ' ',
);
const ATTRIBUTES = ['role', 'tabindex', 'title', 'data-target', 'start'];

/** HTML that may be set on an element; `text` is untrusted. */
export function safeHtml(text: string): string {
  return DOMPurify.sanitize(markdown.render(text), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}

/** What following a link asks of the host: an address of the web, or a file of the repository. Undefined for any other target. */
export function actionOf(target: string): PanelAction | undefined {
  if (/^https?:\/\//i.test(target)) return target.length > 2_000 ? undefined : { kind: 'link', url: target };
  const place = fileOf(target);
  return place === undefined ? undefined : { kind: 'open', place };
}

/** A repository-relative path as it stands in a document, with `#L12` for a line. */
function fileOf(target: string): Place | undefined {
  const [written = '', fragment = ''] = target.split('#', 2);
  const path = decoded(written);
  if (path === undefined || path === '' || path.length > 1_000) return undefined;
  if (/^[a-z][a-z0-9+.-]*:|^[/\\]|[\p{Cc}\\]|(?:^|\/)\.\.(?:\/|$)/iu.test(path)) return undefined;
  const line = /^L(\d{1,7})$/.exec(fragment)?.[1];
  return line === undefined ? { kind: 'file', path } : { kind: 'file', path, line: Number(line) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
