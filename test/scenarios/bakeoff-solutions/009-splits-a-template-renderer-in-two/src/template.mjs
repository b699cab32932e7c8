/** A template as texts and names. `\\{{` stands for the two braces themselves. */
export function tokens(template) {
  const found = [];
  let text = '';
  let index = 0;
  while (index < template.length) {
    if (template.startsWith('\\{{', index)) {
      text += '{{';
      index += 3;
    } else if (template.startsWith('{{', index)) {
      const end = template.indexOf('}}', index);
      if (end === -1) throw new SyntaxError(`{{ at ${index} is never closed`);
      if (text !== '') found.push({ kind: 'text', text });
      text = '';
      found.push({ kind: 'name', name: template.slice(index + 2, end).trim() });
      index = end + 2;
    } else {
      text += template[index];
      index += 1;
    }
  }
  if (text !== '') found.push({ kind: 'text', text });
  return found;
}

/** Puts values in the place of `{{ name }}`. A name without a value throws. */
export function render(template, values) {
  return tokens(template)
    .map((token) => {
      if (token.kind === 'text') return token.text;
      if (!Object.hasOwn(values, token.name)) throw new ReferenceError(`no value for ${token.name}`);
      return String(values[token.name]);
    })
    .join('');
}
