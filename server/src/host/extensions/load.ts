// Loads an extension's code: the only place where the house runs a dynamic import of one.
import { type Access, type CatalogEntry, type ExtensionContext, Fault, toFault } from "@homarus/sdk";

/**
 * `<kind>/<id>` -> how to load it, and `access/<id>` for the way in of a provider that another one's code serves; generated
 * from the folders, since a bundler must see each import written out.
 */
export type ExtensionTable = Readonly<Record<string, () => Promise<unknown>>>;

/** Loads and activates. Rejects with a `bug` Fault that names the extension when it does not load. */
export async function activateExtension<Port>(
  entry: CatalogEntry,
  table: ExtensionTable,
  context: ExtensionContext,
): Promise<Port> {
  const code = ("adapter" in entry ? entry.adapter : undefined) ?? entry.id;
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
    const access = entry.kind !== "provider" || code === entry.id ? undefined : await accessOf(entry, table, context);
    if (!access) return module.activate(context);
    const { fetch, ...own } = access;
    return { ...module.activate({ ...context, fetch }), ...own };
  } catch (cause) {
    const fault = toFault(cause);
    if (fault.kind !== "bug") throw fault;
    throw new Fault("bug", "extension.broken", `The ${entry.kind} ${entry.id} could not be loaded: ${fault.message}.`, {
      cause,
    });
  }
}

async function accessOf(
  { id }: CatalogEntry,
  table: ExtensionTable,
  context: ExtensionContext,
): Promise<Access | undefined> {
  const load = table[`access/${id}`];
  const module = (await load?.()) as { access?: (context: ExtensionContext) => Access } | undefined;
  if (module && typeof module.access !== "function") throw new Error("it exports no access function");
  return module?.access?.(context);
}
