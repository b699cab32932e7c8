import { objectOf } from './looseJson.ts';

/**
 * Tool-call arguments as an object, for the history a model is shown. Several servers parse what they get back and refuse the whole
 * request when it is malformed, so arguments that are not a JSON object come back to the model as `{"malformed": "<its text>"}`.
 */
export function argumentsObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return objectOf(parsed) ?? { malformed: text };
  } catch {
    return { malformed: text };
  }
}

/** The same as text: unchanged when it is a JSON object already, so that the prefix a server has cached stays what it was. */
export function argumentsText(text: string): string {
  const object = argumentsObject(text);
  return object['malformed'] === text ? JSON.stringify(object) : text;
}
