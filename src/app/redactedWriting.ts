import type { Blobs, ModelProvider, Processes } from '../core/ports.ts';
import type { Documents } from '../core/pipeline/context.ts';
import type { EventKind, Payload } from '../core/run/event.ts';
import type { Redaction } from '../core/run/redaction.ts';
import type { Steps } from '../core/run/steps.ts';
import type { EventLog } from '../node/log/eventLog.ts';
import type { Json } from '../base/json.ts';

/*
 * Where text enters a run and where it is written, each with redaction around it. A run gets these and never the bare ones
 * (test/app/redactedWriting.test.ts), so that what is missed where it enters is caught where it is written.
 */

/** A whole value with its strings redacted. Its type stays: only texts become other texts. */
function redacted<Value>(redaction: Redaction, value: Value): Value {
  return redaction.json(value as Json) as Value;
}

export function redactedLog(log: EventLog, redaction: Redaction): EventLog {
  return {
    get events() {
      return log.events;
    },
    tornBytes: log.tornBytes,
    append: <Kind extends EventKind>(kind: Kind, payload: Payload<Kind>) =>
      log.append(kind, redacted(redaction, payload)),
    flush: () => log.flush(),
    close: () => log.close(),
  };
}

/** What an effect brought is redacted before it is recorded and before it is used, so that a resumed run goes on with the same. */
export function redactedSteps(steps: Steps, redaction: Redaction): Steps {
  return {
    step: (address, inputs, effect, signal) =>
      steps.step(
        address,
        inputs,
        async (turn) => {
          const { outcome, output } = await effect(turn);
          return { outcome, output: redaction.json(output) };
        },
        signal,
      ),
    note: (kind, payload) => steps.note(kind, redacted(redaction, payload)),
    get inDoubt() {
      return steps.inDoubt;
    },
  };
}

export function redactedBlobs(blobs: Blobs, redaction: Redaction): Blobs {
  return { put: (text) => blobs.put(redaction.text(text)), get: (reference) => blobs.get(reference) };
}

export function redactedDocuments(documents: Documents, redaction: Redaction): Documents {
  return {
    write: (name, content) => documents.write(name, redaction.text(content)),
    // What stood there is a person's perhaps, and stays as it is.
    add: (name, mark, added) =>
      documents.add(name, mark, (existing) => {
        const text = added(existing);
        return text.startsWith(existing)
          ? existing + redaction.text(text.slice(existing.length))
          : redaction.text(text);
      }),
    offers: () => documents.offers(),
  };
}

/** Output is redacted as a whole; what is shown while it comes is held back until it can be no part of a secret any more. */
export function redactedProcesses(processes: Processes, redaction: Redaction): Processes {
  return {
    run: async (request, onOutput, signal) => {
      const live = redaction.stream(onOutput);
      const result = await processes.run(request, (text) => live.push(text), signal);
      live.end();
      return redacted(redaction, result);
    },
  };
}

/** Requests, answers, errors, and the answer as it streams. */
export function redactedProvider(provider: ModelProvider, redaction: Redaction): ModelProvider {
  return {
    call: async (request, onEvent, signal) => {
      const text = redaction.stream((piece) => onEvent({ kind: 'text', text: piece }));
      const reasoning = redaction.stream((piece) => onEvent({ kind: 'reasoning', text: piece }));
      const result = await provider.call(
        redacted(redaction, request),
        (event) => {
          if (event.kind === 'text') text.push(event.text);
          else if (event.kind === 'reasoning') reasoning.push(event.text);
          else onEvent(event);
        },
        signal,
      );
      reasoning.end();
      text.end();
      return redacted(redaction, result);
    },
  };
}
