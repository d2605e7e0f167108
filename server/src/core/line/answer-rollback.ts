// /rollback: back to what was before the last changes, from any channel where the owner speaks alone.
import { Fault, peerName } from "@homarus/sdk";
import type { CommandCall } from "../commands/commands.ts";
import type { CommandPlace } from "./command-place.ts";
import type { LineParts } from "./parts.ts";

const shown = 10;

export async function answerRollback(
  { argument }: CommandCall,
  { row, route, authority }: CommandPlace,
  { checkpoints, signal }: Pick<LineParts, "checkpoints" | "signal">,
): Promise<string> {
  if (authority.audience !== "owner" || row.message.origin === "agent" || row.message.origin === "hook")
    throw new Fault("denied", "checkpoint.not-owner", "Only the owner goes back, in a chat of their own.");
  const all = await checkpoints.list(route.agent);
  if (argument.toLowerCase() === "list") {
    if (all.length === 0) return "Nothing is kept yet: I keep what is there before I first change something.";
    const lines = all
      .slice(0, shown)
      .map(
        ({ id, at, reason, files }) =>
          `- \`${id}\` ${new Date(at).toISOString().replace("T", " ").slice(0, 16)} UTC, ${reason}, ${files} files`,
      );
    return `Go back with \`/rollback id\`:\n${lines.join("\n")}`;
  }
  const id = argument || all.find(({ undoes }) => undoes === undefined)?.id;
  if (id === undefined) return "There is nothing to go back to: I have changed nothing yet.";
  const { message } = row;
  const by = peerName(message.peer);
  const done = await checkpoints.restore(id, by, signal);
  const { changed, added, gone, left, config, undo, checkpoint } = done;
  const parts = [
    [changed.length, "put back"],
    [added.length, "brought back"],
    [gone.length, "taken away"],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  const files = parts.length === 0 ? "no file was different" : `files: ${parts.join(", ")}`;
  return `Back to \`${checkpoint.id}\` (${checkpoint.reason}): ${files}${config ? "; the settings too" : ""}. To take this back: \`/rollback ${undo}\`.${leftText(left)}`;
}

/** What no checkpoint holds is as it was before the command. */
function leftText(left: readonly string[]): string {
  if (left.length === 0) return "";
  const names = left.slice(0, shown).map((path) => `\`${path === "/" ? "the whole workspace" : path}\``);
  const more = left.length > shown ? ` and ${left.length - shown} more` : "";
  return `\n\nNot touched, since it was too large, too much or not readable when I kept the rest: ${names.join(", ")}${more}.`;
}
