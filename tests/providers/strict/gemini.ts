// What generateContent refuses in a request (ai.google.dev, 2026-11).
import type { Json } from "@homarus/sdk";
import { fields, list, refusals } from "./refusals.ts";

export function geminiRefuses(body: Json): readonly string[] {
  const found = refusals();
  const all = list(fields(body).contents).map(fields);
  found.unless(all.length > 0, "contents is not specified");
  found.unless(all[0]?.role === "user", "a request must start with a user role");
  found.unless(all.at(-1)?.role === "user", "a request must end with a user role");
  for (const [index, content] of all.entries()) {
    const at = `contents.${index}`;
    const parts = list(content.parts).map(fields);
    const next = list(all[index + 1]?.parts).map(fields);
    const before = list(all[index - 1]?.parts).map(fields);
    found.unless(parts.length > 0, `${at}: must include at least one parts field`);
    found.unless(all[index - 1]?.role !== content.role, `${at}: roles must alternate`);
    for (const part of parts)
      found.unless(part.text !== "" || part.thoughtSignature !== undefined, `${at}: an empty text parameter`);
    const calls = parts.filter((part) => part.functionCall !== undefined);
    const answers = (of: typeof parts) => of.filter((part) => part.functionResponse !== undefined);
    if (calls.length > 0)
      found.unless(
        answers(next).length === calls.length,
        `${at}: the number of function response parts must equal the number of function call parts`,
      );
    const called = before
      .filter((part) => part.functionCall !== undefined)
      .map((part) => fields(part.functionCall).name);
    const answered = answers(parts).map((part) => fields(part.functionResponse).name);
    found.unless(
      JSON.stringify(answered) === JSON.stringify(called),
      `${at}: function responses must come right after the turn that calls the functions`,
    );
  }
  return found.all;
}
