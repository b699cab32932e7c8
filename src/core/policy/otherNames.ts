/** Keys that the system this one grew from, or common servers, know by other names, by their table and key (`*` for any name): what to write here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  quality_gates:
    'It is [gates] here: min_confidence_for_auto_apply is gates.min_confidence, min_test_coverage and complex_task_files_threshold have the same names.',
  models:
    'It is [workers.NAME] here: api is provider, max_tokens is max_output_tokens, timeout_s is total_timeout_seconds, temperature stands in extra_body.',
  'workers.*.api': 'It is "provider" here.',
  'workers.*.timeout_s': 'It is "total_timeout_seconds" here.',
  'workers.*.max_tokens': 'It is "max_output_tokens" here.',
  'workers.*.temperature': 'Write it into extra_body: extra_body = { temperature = 0.2 }.',
  'workers.*.base_url_env':
    'It counts only in your own config.toml: a repository says where a worker is with base_url.',
  'gates.min_confidence_for_auto_apply': 'It is "min_confidence" here.',
};

/** What a key of another system is called here, as a sentence; undefined for a key that is none. */
export function nameHere(table: readonly (string | number)[], key: string): string | undefined {
  const name = [...table, key].join('.');
  return OTHER_NAMES[name] ?? OTHER_NAMES[name.replace(/^workers\.[^.]+\./, 'workers.*.')];
}
