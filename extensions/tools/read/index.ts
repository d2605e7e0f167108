// Shows the model a file: text with line numbers, or an image as it is.
import { type Activate, Fault, type Files, type ToolOutput, textOutput } from "@homarus/sdk";
import { imageType, signatureLength } from "./images.ts";
import { takeLines } from "./lines.ts";
import type manifest from "./manifest.ts";

const mostLines = 2000;
const mostBytes = 50_000;
/** What vendors take of one image at most. */
const mostImageBytes = 5 * 1024 * 1024;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ path, offset = 1, limit = mostLines }, { files, signal }) {
    const mediaType = imageType(await files.read(path, { maxBytes: signatureLength }));
    if (mediaType) return readImage(files, path, mediaType);
    const { lines, isMore, seen } = await takeLines(files, {
      path,
      first: offset,
      count: limit,
      maxBytes: mostBytes - notesBytes,
      signal,
    });
    if (lines.length === 0 && seen === 0) return textOutput("[The file is empty.]");
    if (lines.length === 0)
      throw new Fault("invalid", "read.offset", `${path} has ${seen} lines, so there is nothing at line ${offset}.`);
    const text = lines.map((line, index) => `${offset + index}\t${line}`).join("\n");
    return textOutput(isMore ? `${text}\n[The file goes on. Read more with offset ${offset + lines.length}.]` : text);
  },
  preview({ path }) {
    return `Read ${path.replace(/\s+/g, " ").slice(0, 150)}`;
  },
});

/** Line numbers and notes come on top of the text. */
const notesBytes = 100;

async function readImage(files: Files, path: string, mediaType: string): Promise<ToolOutput> {
  const bytes = await files.read(path, { maxBytes: mostImageBytes + 1 });
  if (bytes.byteLength > mostImageBytes)
    throw new Fault("invalid", "read.image-size", `The image ${path} is larger than 5 MB.`, {
      hint: "Make it smaller first.",
    });
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    content: [
      { type: "text", text: `[${path}: ${mediaType}, ${bytes.byteLength} bytes]` },
      { type: "image", mediaType, data: Buffer.from(bytes).toString("base64"), name },
    ],
  };
}
