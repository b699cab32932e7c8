const NUMBERS = {
  NOTES_PORT: { name: 'port', fallback: 8080, min: 0, max: 65_535 },
  NOTES_MAX_BODY_BYTES: { name: 'maxBodyBytes', fallback: 65_536, min: 1024, max: 1_048_576 },
};

/**
 * Reads the settings from environment variables. A variable that is not set has its default; one that is set,
 * even to the empty text, must be valid.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {{ host: string, keysFile: string, port: number, maxBodyBytes: number }}
 * @throws {Error} one error with a line for every variable that is wrong, in the order of the README
 */
export function readSettings(env) {
  const problems = [];
  const settings = { host: env.NOTES_HOST ?? '127.0.0.1', keysFile: env.NOTES_KEYS_FILE };
  if (settings.host === '') problems.push('NOTES_HOST must not be empty');
  if (!settings.keysFile) problems.push('NOTES_KEYS_FILE must name the file with the API keys');
  for (const [variable, { name, fallback, min, max }] of Object.entries(NUMBERS)) {
    const text = env[variable] ?? String(fallback);
    settings[name] = Number(text);
    if (!/^[0-9]+$/.test(text) || settings[name] < min || settings[name] > max) {
      problems.push(`${variable} must be a whole number from ${min} to ${max}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}
