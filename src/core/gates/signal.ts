import { z } from 'zod';
import { approvalSchema } from './signals/approval.ts';
import { attemptsSchema } from './signals/attempts.ts';
import { auditSchema } from './signals/audit.ts';
import { constitutionSchema } from './signals/constitution.ts';
import { counterSignalSchema } from './signals/counterSignal.ts';
import { coverageSchema } from './signals/coverage.ts';
import { criteriaSchema } from './signals/criteria.ts';
import { freshnessSchema } from './signals/freshness.ts';
import { judgeSchema } from './signals/judge.ts';
import { newTestsSchema } from './signals/newTests.ts';
import { openQuestionsSchema } from './signals/openQuestions.ts';
import { ownerConfidenceSchema } from './signals/ownerConfidence.ts';
import { patchAppliedSchema } from './signals/patchApplied.ts';
import { riskSchema } from './signals/risk.ts';
import { scopeSchema } from './signals/scope.ts';
import { specLintSchema } from './signals/specLint.ts';
import { taskGraphSchema } from './signals/taskGraph.ts';
import { testCoverageSchema } from './signals/testCoverage.ts';
import { testIntegritySchema } from './signals/testIntegrity.ts';
import { toolTruthSchema } from './signals/toolTruth.ts';

/** One fact a gate weighs. Parsing cuts long texts and lists (see bounds.ts) and refuses unknown members. */
export const signalSchema = z.discriminatedUnion('kind', [
  ownerConfidenceSchema,
  toolTruthSchema,
  patchAppliedSchema,
  scopeSchema,
  specLintSchema,
  openQuestionsSchema,
  constitutionSchema,
  coverageSchema,
  taskGraphSchema,
  counterSignalSchema,
  testIntegritySchema,
  testCoverageSchema,
  newTestsSchema,
  criteriaSchema,
  freshnessSchema,
  auditSchema,
  judgeSchema,
  riskSchema,
  attemptsSchema,
  approvalSchema,
]);
export type Signal = z.infer<typeof signalSchema>;
export type SignalKind = Signal['kind'];
