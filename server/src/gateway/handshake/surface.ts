// What a node can be asked to do: what it says on connect, and whether that is more than its owner let it have.
import type { ConnectParams } from "./params.ts";

export interface Surface {
  readonly commands: readonly string[];
  readonly caps: readonly string[];
}

/** A node that names more is cut: nobody reads a longer list before letting it in. */
const mostNames = 200;
const longestName = 128;

export function surfaceOf(params: Pick<ConnectParams, "commands" | "caps">): Surface {
  return { commands: tidy(params.commands), caps: tidy(params.caps) };
}

function tidy(names: readonly string[] | undefined): readonly string[] {
  const trimmed = (names ?? []).map((name) => name.trim()).filter((name) => name !== "" && name.length <= longestName);
  return [...new Set(trimmed)].sort().slice(0, mostNames);
}

/** Capabilities only tell what the commands are about; the commands are what can be done. */
export function isWithin(asked: Surface | undefined, approved: Surface | undefined): boolean {
  return (asked?.commands ?? []).every((command) => approved?.commands.includes(command));
}

export function together(a: Surface | undefined, b: Surface): Surface {
  return surfaceOf({
    commands: [...(a?.commands ?? []), ...b.commands],
    caps: [...(a?.caps ?? []), ...b.caps],
  });
}
