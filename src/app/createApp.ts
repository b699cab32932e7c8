import type { Stage } from '../core/run/stage.ts';
import type { OpenMarker } from './answers.ts';
import type { ApprovalReport, Selection } from './approval.ts';
import type { DoctorReport } from './doctor.ts';
import type { Analysis, Checklist } from './documentChecks.ts';
import type { InitOptions, InitReport } from './initialise.ts';
import type { NewSpec, NewSpecRequest } from './newSpec.ts';
import type { RunReport, StartRequest } from './runs.ts';
import { createServices, openProject, openRepository, type Host } from './services.ts';
import type { RunDetail, Status } from './status.ts';

/** Everything a host can ask for. Each member throws a CommandProblem for what a person can mend, and anything else only for a fault. */
export interface App {
  newSpec(request: Omit<NewSpecRequest, 'now'>): Promise<NewSpec>;
  initialise(options: InitOptions): Promise<InitReport>;
  doctor(): Promise<DoctorReport>;
  analyze(specId: string): Promise<Analysis>;
  checklist(specId: string): Promise<Checklist>;
  /** Starts a run, or goes on with the spec's newest unfinished one unless `runId` names a new one. */
  run(request: StartRequest): Promise<RunReport>;
  resume(runId: string, until: Stage): Promise<RunReport>;
  answer(runId: string, question: string, answer: string): Promise<void>;
  /** Answers a marker of a spec that has no run. */
  answerSpec(specId: string, marker: string, answer: string): Promise<void>;
  openMarkers(specId: string): Promise<readonly OpenMarker[]>;
  stop(runId: string): Promise<'stopped' | 'notRunning'>;
  approve(runId: string, selection: Selection): Promise<ApprovalReport>;
  reject(runId: string, selection: Selection, why: string): Promise<void>;
  undo(runId: string): Promise<readonly string[]>;
  status(): Promise<Status>;
  detail(runId: string): Promise<RunDetail>;
}

/**
 * The only place that constructs adapters: one app for one folder of one host. What a command does is loaded when it is first asked for: a
 * short command is over before the whole of the program could be read.
 */
export function createApp(host: Host): App {
  const services = createServices(host);
  return {
    async newSpec(request) {
      const { newSpec } = await import('./newSpec.ts');
      const { loaded, repository } = await openProject(services);
      return newSpec(repository, loaded.configuration, { ...request, now: services.clock.now() }, host.signal);
    },
    initialise: async (options) => (await import('./initialise.ts')).initialise(services, options),
    doctor: async () => (await import('./doctor.ts')).doctor(services),
    analyze: async (specId) => (await import('./documentChecks.ts')).checkDocuments(services, specId),
    checklist: async (specId) => (await import('./documentChecks.ts')).scoreDocuments(services, specId),
    async run(request) {
      const [{ resumeRun, startRun, unfinishedRun }, { loadSpec }, project] = await Promise.all([
        import('./runs.ts'),
        import('./specs.ts'),
        openProject(services),
      ]);
      const spec = await loadSpec(project.repository.root, project.loaded.configuration, request.specId);
      const going =
        request.runId === undefined && request.start === undefined
          ? await unfinishedRun(project, spec.folder)
          : undefined;
      return going === undefined
        ? startRun(services, project, request)
        : resumeRun(services, project, going, request.until);
    },
    async resume(runId, until) {
      const { resumeRun } = await import('./runs.ts');
      return resumeRun(services, await openProject(services), runId, until);
    },
    answer: async (runId, question, answer) =>
      (await import('./answers.ts')).answerQuestion(services, runId, question, answer),
    answerSpec: async (specId, marker, answer) =>
      (await import('./answers.ts')).answerMarker(services, specId, marker, answer),
    openMarkers: async (specId) => (await import('./answers.ts')).openMarkers(services, specId),
    stop: async (runId) => (await import('./status.ts')).stopRun(services, await openRepository(services), runId),
    approve: async (runId, selection) => (await import('./approval.ts')).approve(services, runId, selection),
    reject: async (runId, selection, why) => (await import('./approval.ts')).reject(services, runId, selection, why),
    undo: async (runId) => (await import('./approval.ts')).undo(services, runId),
    status: async () => (await import('./status.ts')).readStatus(services),
    detail: async (runId) => (await import('./status.ts')).readRun(services, await openRepository(services), runId),
  };
}
