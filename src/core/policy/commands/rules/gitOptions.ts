/** Options of reading git commands that write nothing and start no program (git-log(1), git-diff(1)): what is not here is asked about. */
export const GIT_READ_OPTIONS: readonly string[] = (
  '-p -s -u -U -M -C -B -D -R -a -b -c -g -h -i -l -L -n -q -r -t -v -w -z -E -F -P -S -G -W ' +
  '--abbrev --abbrev-commit --after --all --ancestry-path --author --author-date-order --before --binary --branches --cached --cherry --cherry-mark ' +
  '--cherry-pick --children --color --color-words --column --committer --compact-summary --contains --count --cumulative --date --date-order ' +
  '--decorate --decorate-refs --diff-algorithm --diff-filter --dirstat --exit-code --find-copies --find-renames --first-parent --follow --format ' +
  '--full-index --function-context --get --get-all --get-regexp --graph --grep --histogram --ignore-all-space --ignore-blank-lines --ignore-case ' +
  '--ignore-space-at-eol --ignore-space-change --ignored --indent-heuristic --inter-hunk-context --is-ancestor --is-inside-work-tree --is-bare-repository --left-only --left-right ' +
  '--line-number --list --long --max-count --max-depth --merge-base --merged --merges --min-parents --minimal --name-only --name-status ' +
  '--no-color --no-contains --no-decorate --no-ext-diff --no-merged --no-merges --no-notes --no-patch --no-prefix --no-renames --no-textconv ' +
  '--numstat --objects --oneline --others --patch --patch-with-stat --patience --pathspec --pickaxe-all --pickaxe-regex --porcelain --pretty ' +
  '--quiet --raw --regexp-ignore-case --relative --relative-date --remotes --reverse --right-only --root --shortstat --short --show-current ' +
  '--show-pulls --show-toplevel --git-dir --git-common-dir --show-prefix --show-cdup --since --skip --sort --staged --stage --stat --stat-width --summary ' +
  '--symbolic --symbolic-full-name --tags --topo-order --unified --unmerged --until --untracked-files --verbose --verify --word-diff --word-diff-regex ' +
  '--words --exclude-standard --deleted --modified --error-unmatch --full-name --name-rev --always --dirty --exact-match --match --abbrev-ref --batch-check ' +
  '--show-object-format --no-walk --boundary --simplify-merges --full-history --dense --sparse --parents --timestamp --line-porcelain --show-email --show-name --show-number --heads'
).split(' ');
