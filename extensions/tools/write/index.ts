// Writes text to a file. The old file stays whole until the new one takes its place.
import { type Activate, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

export const activate: Activate<typeof manifest> = () => ({
  async execute({ path, content, append = false }, { files, signal }) {
    signal.throwIfAborted();
    const bytes = new TextEncoder().encode(content);
    const before = await files.facts(path);
    await files.write(path, bytes, { append });
    const what =
      before === undefined
        ? "a new file"
        : append
          ? `added to the ${before.size} bytes there were`
          : `in place of the ${before.size} bytes there were`;
    return textOutput(`Wrote ${bytes.byteLength} bytes to ${path}, ${what}.`);
  },
  preview({ path, content, append }) {
    return `${append ? "Append" : "Write"} ${content.length} characters to ${path.replace(/\s+/g, " ").slice(0, 120)}`;
  },
});
