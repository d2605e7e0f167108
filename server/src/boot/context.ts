// The context room's outside: the owner's settings, what is known of models, and the notes in the agents' workspaces.
import { type Files, toFault } from "@homarus/sdk";
import { createRates } from "../core/context/learn.ts";
import type { ContextParts } from "../core/line/parts.ts";
import type { Ground } from "./ground.ts";
import { openJailedFiles } from "./lazy.ts";
import type { Models } from "./models/models.ts";

export function openContext(
  { store, log, config, workspace }: Pick<Ground, "store" | "log" | "config" | "workspace">,
  models: Pick<Models, "facts">,
): ContextParts {
  return {
    settings: () => config.current().context,
    facts: models.facts,
    rates: createRates(store.values("context"), (thrown) =>
      log.warn("context.rates-unsaved", { fault: toFault(thrown).toJSON() }),
    ),
    remember: async (agent, lines, at) => writeNotes(await openJailedFiles(workspace(agent)), lines, at),
  };
}

/** More than that of one day is no memory but a log. */
const largestBytes = 200_000;

/** Adds the lines that are not there yet; the same conversation cut again adds nothing. */
export async function writeNotes(files: Files, lines: readonly string[], at: number): Promise<void> {
  const path = `memory/${new Date(at).toISOString().slice(0, 10)}.md`;
  const known = (await files.facts(path)) ? await readText(files, path) : "";
  const fresh = lines.filter((line) => !known.includes(line));
  if (fresh.length === 0 || known.length > largestBytes) return;
  const head = known === "" ? "# From conversations of this day\n\n" : "";
  await files.write(path, new TextEncoder().encode(`${head}${fresh.join("\n")}\n`), { append: true });
}

async function readText(files: Files, path: string): Promise<string> {
  return new TextDecoder().decode(await files.read(path, { maxBytes: 2 * largestBytes }));
}
