// Parts of the machine that cost memory when they load, and that a house at rest never needs: loaded at first use.
import type { Fetch, Files, JsonSchema, Log } from "@homarus/sdk";

/** Fetch of public addresses only; brings Node's HTTP client. */
export function lazyGuardedFetch(): Fetch {
  let opened: Promise<Fetch> | undefined;
  return async (input, init) => {
    opened ??= import("../host/net/fetch.ts").then((part) => part.createGuardedFetch());
    return (await opened)(input, init);
  };
}

/** Checks a tool's arguments; undefined when they fit. Brings the general validator. */
export async function lazyInputCheck(schema: JsonSchema): Promise<(input: unknown) => string | undefined> {
  const part = await import("../host/extensions/check.ts");
  return part.createInputCheck(schema);
}

/** Gives back what only the start needed, once the start is over. */
export async function trimAfterStart(log: Log): Promise<void> {
  const part = await import("../host/trim.ts");
  log.debug("trim.done", { bytes: part.trimMemory(log) });
}

/** The next time of a cron expression. Brings the cron library, which only such jobs need. */
export async function lazyCronNext(expression: string, timeZone: string | undefined, after: number) {
  const part = await import("../host/cron.ts");
  return part.cronNext(expression, timeZone, after);
}

/** A folder's files, jailed. */
export async function openJailedFiles(folder: string): Promise<Files> {
  const part = await import("../host/files/jail.ts");
  return part.openFiles(folder);
}
