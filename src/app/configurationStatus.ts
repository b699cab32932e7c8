import type { DoctorReport } from './doctor.ts';
import { CommandProblem } from './problem.ts';
import { openProject, openRepository, type Services } from './services.ts';

/** The repository and its configuration as doctor reports them: a problem is a finding there, not the end. */
export async function readStatusOfConfiguration(
  services: Services,
): Promise<Pick<DoctorReport, 'repository' | 'configuration'>> {
  const repository = await tell(async () => ({ kind: 'ok' as const, root: (await openRepository(services)).root }));
  if (repository.kind === 'problem')
    return { repository, configuration: { kind: 'problem', text: 'there is no repository to read it from' } };
  const configuration = await tell(async () => {
    const { loaded } = await openProject(services);
    return {
      kind: 'ok' as const,
      checks: Object.keys(loaded.configuration.checks),
      workers: Object.keys(loaded.configuration.workers),
      notices: loaded.notices.map(({ message }) => message),
    };
  });
  return { repository, configuration };
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
