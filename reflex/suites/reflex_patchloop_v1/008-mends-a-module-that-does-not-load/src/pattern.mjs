/** A function that gives the parameters of a path that fits the pattern, or undefined. `:name` stands for one part. */
export function compilePattern(pattern) {
  const wanted = pattern.split('/');
  return (path) => {
    const parts = path.split('/');
    if (parts.length !== wanted.length) return undefined;
    const parameters = {};
    for (const [index, part] of wanted.entries()) {
      if (part.startsWith(':')) parameters[part.slice(1)] = parts[index];
      else if (part !== parts[index]) return undefined;
    }
    return parameters;
  };
}
