// Changes a piece of a file. It refuses when the file is not text, or was changed by somebody else meanwhile.
import { type Activate, Fault, type FileFacts, type Files, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";
import { replaceIn } from "./replace.ts";

const mostBytes = 5 * 1024 * 1024;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ path, old_text, new_text, replace_all = false }, { files, signal }) {
    signal.throwIfAborted();
    const before = await files.facts(path);
    const text = await readText(files, path);
    const changed = replaceIn(text, { old: old_text, new: new_text, all: replace_all });
    if (!isSame(before, await files.facts(path)))
      throw new Fault("invalid", "edit.changed", `${path} was changed while it was being edited.`, {
        hint: "Read it again, then try again.",
      });
    await files.write(path, new TextEncoder().encode(changed.text));
    const count = changed.lines.length;
    return textOutput(
      count === 1 ? `Changed ${path} at line ${changed.lines[0]}.` : `Changed ${path} at ${count} places.`,
    );
  },
  preview({ path, old_text, new_text }) {
    return `Change ${path.replace(/\s+/g, " ").slice(0, 120)}: ${old_text.length} characters to ${new_text.length}`;
  },
});

function isSame(before: FileFacts | undefined, now: FileFacts | undefined): boolean {
  return before?.modifiedAt === now?.modifiedAt && before?.size === now?.size;
}

async function readText(files: Files, path: string): Promise<string> {
  const bytes = await files.read(path, { maxBytes: mostBytes + 1 });
  if (bytes.byteLength > mostBytes)
    throw new Fault("invalid", "edit.too-large", `${path} is larger than 5 MB.`, {
      hint: "Change it with a command, for example sed.",
    });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("invalid", "edit.binary", `${path} is not a text file in UTF-8.`, { cause });
  }
}
