import type { HunkReport, NumberedLine, PatchError } from './patch.ts';

/**
 * A refusal in words for the model that wrote the patch: what is wrong, where, and what to do. At most 20 lines of the file and about
 * 10 000 characters. Nothing was changed when a patch is refused, and the text says so once, and what to do.
 */
export function describePatchError(error: PatchError): string {
  return `${sentences(error)}\nThe patch was refused as a whole; no file was changed. Send all of it again, corrected.`;
}

function sentences(error: PatchError): string {
  switch (error.kind) {
    case 'noPatch':
      return 'The answer has no patch. Begin it with *** Begin Patch, or with diff --git or --- and +++ lines.';
    case 'severalPatches':
      return `The answer has more than one patch (at its lines ${error.lines.join(', ')}). Give one patch with all files in it.`;
    case 'malformed':
      return `Line ${error.line} of the patch: expected ${error.expected}, found: ${error.found}`;
    case 'truncated':
      return `The patch ends at line ${error.line} without ${error.expected}: it may have been cut short. Give all of it.`;
    case 'unsupported':
      return `Line ${error.line} of the patch: ${error.what} cannot be changed by a patch.`;
    case 'badPath':
      return `Line ${error.line} of the patch names ${JSON.stringify(error.path)}: ${error.problem}. Give the path relative to the repository's root.`;
    case 'fileMissing':
      return `Line ${error.line} of the patch: ${error.path} does not exist, so there is nothing to ${error.action}.${error.action === 'update' ? ' To make a new file, add it.' : ''}`;
    case 'fileExists':
      return `Line ${error.line} of the patch: ${error.path} exists already. Update it instead of adding it or moving a file onto it.`;
    case 'pathConflict':
      return `Line ${error.line} of the patch: ${error.path} cannot stand beside ${error.existing}: on some systems they are the same name, or one is a folder of the other.`;
    case 'notFound':
      return notFound(error);
    case 'ambiguous':
      return ambiguous(error);
    case 'changed':
      return changed(error);
    case 'elided':
      return `The patch (at or behind its line ${error.line}) takes away or writes lines of ${error.path} that it does not show: ${error.text}. Write such lines out; only unchanged context may be left out.`;
    case 'noContext':
      return `Hunk ${error.hunk} (line ${error.line} of the patch) only adds lines, and nothing says where in ${error.path}. Give at least one unchanged line before or after them.`;
    case 'deletesOther':
      return `Line ${error.line} of the patch deletes ${error.path}, but ${error.nRemainingLines} of its lines are not among the removed ones. Read the file again.`;
    case 'noChange':
      return `The patch changes nothing.${error.alreadyApplied.map(present).join('')}`;
  }
}

function notFound(error: PatchError & { readonly kind: 'notFound' }): string {
  const wanted = error.wanted.map((line) => `  ${line}`).join('\n');
  const nearest =
    error.nearest.length === 0
      ? 'Nothing in the file is like them: it may be another file, or the lines are gone. Read the file again.'
      : `The nearest lines of the file are:\n${error.nearest.map(numbered).join('\n')}\n${difference(error)}`;
  return `Hunk ${error.hunk} (line ${error.line} of the patch) was not found in ${error.path}. These lines were looked for, one after the other:\n${wanted}\n${nearest}`;
}

/** Most lines that are told to differ. */
const differenceCap = 3;

/** Which of the nearest lines are not the ones that were looked for, where they stand side by side. */
function difference({ wanted, nearest }: PatchError & { readonly kind: 'notFound' }): string {
  const first = nearest[0]?.line ?? 0;
  const isBeside = nearest.length === wanted.length && nearest.every(({ line }, index) => line === first + index);
  const pairs = isBeside ? nearest.filter(({ text }, index) => text.trim() !== wanted[index]?.trim()) : [];
  if (pairs.length === 0 || pairs.length > differenceCap) {
    return 'If the change belongs there, copy those lines as the file has them; else read the file where it belongs.';
  }
  const lines = pairs.map(
    ({ line, text }) => `line ${line} has \`${text.trim()}\`, the patch has \`${wanted[line - first]?.trim() ?? ''}\``,
  );
  return `The difference: ${lines.join('; ')}. If the change belongs there, copy the lines as the file has them; else it may be meant for another place that is gone.`;
}

function changed(error: PatchError & { readonly kind: 'changed' }): string {
  const nearest = error.nearest.map(numbered).join('\n');
  return `Hunk ${error.hunk} (line ${error.line} of the patch) takes a line away that ${error.path} no longer has at its line ${error.at}: the file was changed there.\nThe patch has:\n  ${error.wanted}\nThe file has:\n  ${error.present}\nRead these lines again, and say what is to become of the change:\n${nearest}`;
}

function ambiguous(error: PatchError & { readonly kind: 'ambiguous' }): string {
  const more =
    error.nCandidates > error.candidates.length ? ` and ${error.nCandidates - error.candidates.length} more` : '';
  const places = `${error.path} at lines ${error.candidates.join(', ')}${more}`;
  const heads = error.nearest.map(numbered).join('\n');
  return `Hunk ${error.hunk} (line ${error.line} of the patch) fits ${error.nCandidates} places: ${places}. With the lines above each they begin so:\n${heads}\nGive more unchanged lines around the change until only one place fits, or an @@ line with the function or class it is in.`;
}

function numbered(line: NumberedLine): string {
  return `${String(line.line).padStart(6)}  ${line.text}`;
}

function present(report: HunkReport): string {
  return `\nHunk ${report.hunk} of ${report.path} is already applied (line ${report.at}).`;
}
