/**
 * Remembers the answers to the last `most` questions, for questions whose answer never changes (an object by its id). A question asked
 * again while it is being answered waits for that answer; one that failed is asked anew.
 */
export function remembered<Value>(
  most: number,
  ask: (question: string) => Promise<Value>,
): (question: string) => Promise<Value> {
  const answers = new Map<string, Promise<Value>>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    const answer = ask(question);
    answers.set(question, answer);
    answer.catch(() => answers.delete(question));
    const [oldest] = answers.keys();
    if (answers.size > most && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
