/**
 * Where a path leads, by its text alone (links are the sandbox's matter). `inside` the tree, `protected` within it, `stream` (nothing is stored),
 * `temporary`, the person's or the machine's own (`system`), or anywhere else `outside`.
 */
export type PathPlace = 'inside' | 'protected' | 'stream' | 'temporary' | 'outside' | 'system';

const STREAMS = /^\/dev\/(?:null|stdin|stdout|stderr|fd\/\d+)$/;
const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib|lib64|opt|proc|root|run|sbin|srv|sys|usr|var|System|Library|Applications)(?:\/|$)/;

/** Files in the tree that decide what runs or what counts: only a patch that is looked at changes them. */
const PROTECTED =
  /^(?:\.git|\.speckit|\.specify|\.husky|\.github|\.vscode|\.devcontainer|memory)(?:\/|$)|(?:^|\/)(?:\.git|\.gitattributes|\.gitmodules|\.gitconfig|\.envrc|\.npmrc|\.yarnrc[^/]*|\.pypirc|\.netrc|speckit\.toml|approvals\.jsonl|constitution\.md)(?:\/|$)/i;

/** Places that hold keys and passwords, wherever they are. */
const CREDENTIALS =
  /(?:^|[/~=@:])\.(?:ssh|aws|gnupg|kube|docker|azure|netrc|pgpass|pypirc|git-credentials|password-store)(?:\/|$)|\.config\/(?:gh|gcloud|speckit)(?:\/|$)|\/etc\/(?:g?shadow|sudoers)|\/proc\/[^/]+\/(?:environ|mem)|(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)(?:$|\.(?!pub$))/;

/** Files of secrets that may lie in a repository: their values are not for a log or a model. */
const SECRETS =
  /(?:^|[/:])(?:\.git\/config|\.env(?:\.(?!example$|sample$|template$)[^/]*)?|\.npmrc|\.netrc|\.pypirc|credentials(?:\.json)?|[^/]*\.(?:pem|p12|pfx|keystore|kdbx))$/i;

/** The place of a path a command is told; `root`: the tree's absolute folder, where it is known. Relative paths count from it. */
export function pathPlace(text: string, root: string | undefined): PathPlace {
  if (STREAMS.test(text)) return 'stream';
  if (text.startsWith('~')) return 'system';
  if (text.normalize('NFKC') !== text.normalize('NFC')) return 'outside';
  if (!text.startsWith('/')) return insidePlace(normalised(text));
  const absolute = normalised(text);
  if (absolute === undefined) return 'system';
  if (root !== undefined && (absolute === root.slice(1) || absolute.startsWith(`${root.slice(1)}/`)))
    return insidePlace(absolute.slice(root.length));
  if (absolute === 'tmp' || absolute.startsWith('tmp/')) return absolute === 'tmp' ? 'system' : 'temporary';
  return SYSTEM.test(`/${absolute}`) || !absolute.includes('/') || /^(?:home|Users)\/[^/]*$/.test(absolute)
    ? 'system'
    : 'outside';
}

function insidePlace(path: string | undefined): PathPlace {
  if (path === undefined) return 'outside';
  return PROTECTED.test(path) ? 'protected' : 'inside';
}

/** Without `.`, `..` and doubled slashes; undefined when it climbs out of where it starts, or may: `.*` can mean `..` to a shell. */
function normalised(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' && /^\.[.*?[\]!^]*$/.test(part)) return undefined;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

export const holdsCredentials = (text: string): boolean => CREDENTIALS.test(text);
export const mayHoldSecrets = (text: string): boolean => SECRETS.test(text);

/** Paths a word may stand for: itself, and what follows `=` or `@` in it. */
export function pathsIn(text: string): readonly string[] {
  const value = /^[^=/]*=(.*)$/s.exec(text)?.[1];
  const named = value ?? text;
  const paths = named.startsWith('@') ? [named, named.slice(1)] : [named];
  // An option's own name is no path; what is glued to it may be.
  if (value === undefined && text.startsWith('-')) return /^-\w(?=[/~.])/.test(text) ? [text.slice(2)] : [];
  return paths;
}
