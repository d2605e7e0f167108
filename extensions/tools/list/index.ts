// Names what stands directly in a folder, folders first.
import { type Activate, type FileFacts, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

const mostEntries = 500;
const mostCharacters = 40_000;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ path = "." }, { files, signal }) {
    signal.throwIfAborted();
    const found = await files.list(path);
    if (found.length === 0) return textOutput("[The folder is empty.]");
    const sorted = [
      ...found.filter((item) => item.type === "folder"),
      ...found.filter((item) => item.type !== "folder"),
    ];
    const lines: string[] = [];
    let length = 0;
    for (const item of sorted.slice(0, mostEntries)) {
      const line = lineOf(item);
      length += line.length + 1;
      if (length > mostCharacters) break;
      lines.push(line);
    }
    const missing = sorted.length - lines.length;
    return textOutput(
      [...lines, ...(missing > 0 ? [`[${missing} more. Use glob to narrow it down.]`] : [])].join("\n"),
    );
  },
  preview({ path = "." }) {
    return `List ${path.replace(/\s+/g, " ").slice(0, 150) || "the workspace"}`;
  },
});

function lineOf({ path, type, size }: FileFacts): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (type === "folder") return `${name}/`;
  return type === "file"
    ? `${name}\t${size} bytes`
    : `${name}\t${type === "link" ? "link, not followed" : "not a regular file"}`;
}
