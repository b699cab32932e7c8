/** Puts values in the place of `{{ name }}`. A name without a value throws. `\\{{` stands for the two braces themselves. */
export function render(template, values) {
  let result = '';
  let index = 0;
  while (index < template.length) {
    if (template.startsWith('\\{{', index)) {
      result += '{{';
      index += 3;
    } else if (template.startsWith('{{', index)) {
      const end = template.indexOf('}}', index);
      if (end === -1) throw new SyntaxError(`{{ at ${index} is never closed`);
      const name = template.slice(index + 2, end).trim();
      if (!Object.hasOwn(values, name)) throw new ReferenceError(`no value for ${name}`);
      result += String(values[name]);
      index = end + 2;
    } else {
      result += template[index];
      index += 1;
    }
  }
  return result;
}
