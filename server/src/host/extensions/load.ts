// Loads an extension's code: the only place where the house runs a dynamic import of one.
import { type CatalogEntry, type ExtensionContext, Fault, toFault } from "@homarus/sdk";

/** `<kind>/<id>` -> how to load it; generated from the folders, since a bundler must see each import written out. */
export type ExtensionTable = Readonly<Record<string, () => Promise<unknown>>>;

/** Loads and activates. Rejects with a `bug` Fault that names the extension when it does not load. */
export async function activateExtension<Port>(
  entry: CatalogEntry,
  table: ExtensionTable,
  context: ExtensionContext,
): Promise<Port> {
  const code = entry.kind === "provider" ? (entry.adapter ?? entry.id) : entry.id;
  const load = table[`${entry.kind}/${code}`];
  if (!load)
    throw new Fault(
      "bug",
      "extension.missing",
      `The ${entry.kind} ${entry.id} is in the catalog, but its code is not in this build.`,
    );
  try {
    const module = (await load()) as { activate?: (context: ExtensionContext) => Port };
    if (typeof module.activate !== "function") throw new Error("it exports no activate function");
    return module.activate(context);
  } catch (cause) {
    const fault = toFault(cause);
    if (fault.kind !== "bug") throw fault;
    throw new Fault("bug", "extension.broken", `The ${entry.kind} ${entry.id} could not be loaded: ${fault.message}.`, {
      cause,
    });
  }
}
