// The mounts of an agent's session: the config's wishes, held against the owner's list. A refusal is told, not passed over.
import { join } from "node:path";
import { Fault, type Mount } from "@homarus/sdk";
import { type ListReading, parseMountList } from "../core/mounts/list.ts";
import { settleMounts } from "../core/mounts/settle.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { readMountList, resolveLinks } from "../host/mounts/read.ts";

interface MountParts {
  readonly config: () => HouseConfig;
  readonly stateFolder: string;
}

/** Throws a `config` Fault that names each reason when anything is refused. */
export function mountsFor({ config, stateFolder }: MountParts, agent: string, isMain: boolean): readonly Mount[] {
  const wanted = config().agents.list.find(({ id }) => id === agent)?.mounts ?? [];
  if (wanted.length === 0) return [];
  const path = join(stateFolder, "mounts.json");
  const settled = settleMounts(wanted, {
    ...{ reading: readingOf(path), resolve: resolveLinks, isMain },
    closed: [stateFolder, resolveLinks(stateFolder) ?? stateFolder],
  });
  if (settled.type === "mounts") return settled.mounts;
  throw new Fault("config", "mounts.refused", settled.reasons.join(" "), {
    hint: `Allow the folders in ${path}, or take them out of the agent's \`mounts\`.`,
  });
}

function readingOf(path: string): ListReading {
  const read = readMountList(path);
  if (read.type === "trouble") return read;
  const reading = parseMountList(read.text);
  return reading.type === "list"
    ? reading
    : { type: "trouble", text: `the list ${path} is not valid: ${reading.text}` };
}
