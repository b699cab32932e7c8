/** What of a model of the editor tells it from others. `family` is shared by a model's versions. */
export interface EditorModelNames {
  readonly id: string;
  readonly vendor: string;
  readonly family: string;
  readonly name: string;
}

/**
 * The model that `workers.<name>.model` means: by id, then by family, then by the name the editor shows; with its vendor before a slash
 * (`copilot/gpt-4o`) only among that vendor's. Ids may hold slashes themselves, so the whole text is tried first. The first of several wins, in
 * the editor's own order.
 */
export function findEditorModel<Model extends EditorModelNames>(
  models: readonly Model[],
  wanted: string,
): Model | undefined {
  const whole = among(models, wanted);
  const slash = wanted.indexOf('/');
  if (whole !== undefined || slash === -1) return whole;
  const vendor = wanted.slice(0, slash);
  return among(
    models.filter((model) => model.vendor === vendor),
    wanted.slice(slash + 1),
  );
}

/** How a model is written in `workers.<name>.model`, with its vendor. */
export function editorModelName(model: EditorModelNames): string {
  return `${model.vendor}/${model.id}`;
}

function among<Model extends EditorModelNames>(models: readonly Model[], wanted: string): Model | undefined {
  return (
    models.find(({ id }) => id === wanted) ??
    models.find(({ family }) => family === wanted) ??
    models.find(({ name }) => name === wanted)
  );
}
