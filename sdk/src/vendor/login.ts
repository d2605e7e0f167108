// What a login leaves behind, and how a vendor is entered that wants one: the code that serves a provider need not know.
import type { Fetch } from "../context.ts";
import type { Manifest, ProviderManifest } from "../manifest.ts";
import type { Provider } from "../ports/provider.ts";
import type { InferSchema } from "../schema.ts";
import type { ProviderContext } from "./vendor.ts";

/**
 * A login stands under this key among the extension's own values, and nowhere else: the house sees by it whether there is
 * one, and takes it away to log out. An object; its `account` says whose login it is, the rest is the extension's affair.
 */
export const loginKey = "login";

/** What the folder of a provider that another one's code serves may bring: its own way in. */
export interface Access extends Pick<Provider, "login" | "adoptLogin"> {
  /** In place of the given fetch: bears the vendor's token, and goes where the vendor says. */
  readonly fetch: Fetch;
}

/** What an extension's `access.ts` exports as `access`. */
export type OpenAccess<M extends Manifest> = (
  context: M extends ProviderManifest ? ProviderContext<InferSchema<M["config"]>> : never,
) => Access;
