// Finds the one that a person means among several: by id, name, address, or the beginning of an id.

export interface Named {
  readonly id: string;
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}

/** Ids are long: so many characters of one are enough to be meant. */
const shortestBeginning = 4;

/** Throws what there is to choose from when it is none or more than one. */
export function findOne<T extends Named>(word: string, all: readonly T[], what: string): T {
  const wanted = word.trim().toLowerCase();
  const exact = all.filter((item) => item.id.toLowerCase() === wanted);
  const named = all.filter((item) => item.name?.toLowerCase() === wanted || item.address === word.trim());
  const begun = wanted.length < shortestBeginning ? [] : all.filter((item) => item.id.toLowerCase().startsWith(wanted));
  const found = [exact, named, begun].find((list) => list.length > 0) ?? [];
  const [one, another] = found;
  if (one && !another) return one;
  const known = (another ? found : all).map((item) => item.name ?? item.id.slice(0, 12)).join(", ");
  const message = another ? `"${word}" could be more than one ${what}.` : `There is no ${what} "${word}".`;
  throw Object.assign(new Error(message), {
    ...{ kind: "invalid", code: "cli.unknown" },
    hint: known === "" ? `No ${what} is known yet.` : `Known: ${known}.`,
  });
}

/** The newest of those that wait, for the word `latest`; else the one with that id or its beginning. */
export function findRequest<T extends { readonly requestId: string; readonly ts: number }>(
  word: string,
  pending: readonly T[],
): T {
  if (word === "latest") {
    const newest = [...pending].sort((a, b) => b.ts - a.ts)[0];
    if (newest) return newest;
    throw Object.assign(new Error("Nobody is waiting."), { kind: "invalid", code: "cli.unknown" });
  }
  return findOne(
    word,
    pending.map((item) => ({ id: item.requestId, item })),
    "request",
  ).item;
}

export function wrongOperands(command: string, wants: string): Error {
  return Object.assign(new Error(`homarus ${command} wants ${wants}.`), {
    ...{ kind: "invalid", code: "cli.operands" },
    hint: `See: homarus ${command.split(" ")[0]} --help`,
  });
}
