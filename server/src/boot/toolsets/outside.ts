// How a toolset reaches out: a fetch to the address of its settings, and programs of the owner. Both load at first use.
import type { Json, ToolsetContext } from "@homarus/sdk";
import { isInternalName } from "../../core/egress/patterns.ts";
import { lazyGuardedFetch, lazyProgram } from "../lazy.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function outsideOf(settings: Json, environment: Environment): Pick<ToolsetContext, "fetch" | "startProgram"> {
  const { private: isPrivate } = (settings ?? {}) as { private?: unknown };
  return {
    startProgram: (request) => lazyProgram(request, environment),
    // The context lets through the host of the settings alone; here it is only whether it may be inside the network.
    fetch: lazyGuardedFetch({ allowPrivate: (host) => isPrivate === true || isNamedPrivate(host) }),
  };
}

/** A name or address that says by itself that it is inside: then the owner's writing it is a yes. Takes `host:port`. */
export function isNamedPrivate(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  // An address stands for itself: nobody's DNS can make another of it.
  return isInternalName(name) || name.startsWith("[") || /^\d+(\.\d+){3}$/.test(name);
}
