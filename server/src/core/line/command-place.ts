// Where a command was given, for those who answer it.
import type { Authority, InboxRow } from "@homarus/sdk";
import type { Route } from "../route/route.ts";

/** Where a command was given, and with whose rights. */
export interface CommandPlace {
  readonly row: InboxRow;
  readonly route: Route;
  readonly authority: Authority;
}
