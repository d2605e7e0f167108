// Tools of the house itself, as far as the guest may call the methods that they stand on.
import { denial } from "../caller.ts";
import { methodTable } from "../methods/table.ts";
import type { Guest } from "./guest.ts";
import { conversations } from "./own-conversations.ts";
import { deeds } from "./own-deeds.ts";
import type { OfferedTool } from "./tool.ts";

const all = [...conversations, ...deeds];

export function ownTools({ caller }: Guest): readonly OfferedTool[] {
  return all.filter(({ method }) => {
    const row = methodTable.find((item) => item.name === method);
    return denial(row, caller.role, caller.granted) === undefined;
  });
}
