import type { DoctorReport } from './doctor.ts';
import { CommandProblem } from './problem.ts';
import { openProject, openRepository, type Services } from './services.ts';

/** `own` is what the person's own file says of the sandbox. */
type ConfigurationStatus = Pick<DoctorReport, 'repository' | 'configuration'> & { readonly own?: 'auto' | 'none' };

/** The repository and its configuration as doctor reports them: a problem is a finding there, not the end. */
export async function readStatusOfConfiguration(services: Services): Promise<ConfigurationStatus> {
  let own: 'auto' | 'none' = 'auto';
  const repository = await tell(async () => ({ kind: 'ok' as const, root: (await openRepository(services)).root }));
  if (repository.kind === 'problem')
    return { repository, configuration: { kind: 'problem', text: 'there is no repository to read it from' } };
  const configuration = await tell(async () => {
    const { loaded } = await openProject(services);
    own = loaded.own.sandbox;
    return {
      kind: 'ok' as const,
      checks: Object.keys(loaded.configuration.checks),
      workers: Object.keys(loaded.configuration.workers),
      notices: loaded.notices.map(({ message }) => message),
    };
  });
  return { repository, configuration, own };
}

async function tell<Value>(
  work: () => Promise<Value>,
): Promise<Value | { readonly kind: 'problem'; readonly text: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandProblem) return { kind: 'problem', text: error.message };
    throw error;
  }
}
