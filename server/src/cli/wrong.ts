/** What was typed cannot be done: the program ends with exit code 2, and says what is wrong and what to do. */
export function wrong(message: string, hint: string, code = "cli.operands"): Error {
  return Object.assign(new Error(message), { kind: "invalid", code, hint });
}
