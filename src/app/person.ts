import os from 'node:os';

/** The person at the keyboard, as approvals record them: SPECKIT_PERSON, or the account's name. A user id without an account, as containers have them, is unknown. */
export function personOf(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['SPECKIT_PERSON'];
  if (named !== undefined && named !== '') return named;
  try {
    return os.userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return 'unknown';
    throw error;
  }
}
