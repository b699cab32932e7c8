import { usableGibibytes } from '../core/reflex/card.ts';
import { kvBytesPerToken } from '../core/reflex/dimensions.ts';
import type { Finding } from '../core/reflex/launchFindings.ts';
import { commandText } from '../core/reflex/launchCommand.ts';
import { TABLE_DATE, type LocalModel } from '../core/reflex/localModels.ts';
import { atFullLength, longestContext, type WayPlan } from '../core/reflex/plan.ts';
import type { ReflexCheckReport, ReflexPlanReport } from './reflexPlan.ts';

/** A plan for programs. Memory is in bytes; `isEstimate` holds for all but what stands under `reported`. */
export function reflexPlanValue(report: ReflexPlanReport) {
  const { plan, modelFrom, cardFrom, longest, command, findings, reported } = report;
  const { model, card, server, serverReason, wanted, chosen, ways, leftOut } = plan;
  return {
    isEstimate: true as const,
    tableDate: TABLE_DATE,
    model: { id: model.id, from: modelFrom, source: model.source, dimensions: model.dimensions },
    card: { ...card, usableGibibytes: usableGibibytes(card), from: cardFrom },
    server: { name: server, why: serverReason },
    wantedContext: wanted,
    longestContext: longest,
    plan: wayValue(model, chosen),
    ways: ways.map((way) => wayValue(model, way)),
    leftOut: leftOut.map(({ checkpoint, why }) => ({ weights: checkpoint.quantisation, why })),
    command: { text: commandText(command), lines: command },
    findings,
    reported:
      reported.kind === 'none'
        ? reported
        : {
            kind: reported.kind,
            baseUrl: reported.baseUrl,
            reported: reported.reported,
            comparisons: reported.comparisons,
            correction: reported.correction,
            corrected: wayValue(model, reported.plan.chosen),
          },
  };
}

function wayValue(model: LocalModel, way: WayPlan) {
  const { checkpoint, kv, load, budget, capacity, context } = way;
  const { fraction, fractionOf, ...memory } = budget;
  return {
    weights: checkpoint.quantisation,
    repository: checkpoint.repository,
    cache: kv,
    bytesPerToken: kvBytesPerToken(model.dimensions, kv),
    cacheTokens: capacity,
    context,
    longestContext: longestContext(model, way),
    requestsAtOnce: load.sequences,
    atFullLength: atFullLength(way),
    memory,
    fraction,
    fractionOf,
  };
}

/** What was found in a command, for programs. */
export function reflexCheckValue({ card, cardFrom, checked }: ReflexCheckReport) {
  const { launch, fit, findings } = checked;
  return {
    server: launch.server,
    named: launch.model,
    card: { ...card, from: cardFrom },
    ...(fit !== undefined && {
      estimate: {
        model: fit.model.id,
        weights: fit.way.checkpoint.quantisation,
        cache: fit.way.kv,
        weightBytes: fit.budget.weights,
        cacheBytes: fit.budget.kv,
        cacheTokens: fit.capacity,
        fraction: fit.fraction,
      },
    }),
    isSound: findings.every(({ kind }: Finding) => kind === 'note'),
    findings,
  };
}
