// A prompt's content blocks as the message and attachments that the gateway takes, and back. Pure.
// Source: agentclientprotocol.com/protocol/v1/content.
import type { ContentBlock, EmbeddedResourceResource } from "@agentclientprotocol/sdk";

export interface Said {
  readonly message: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly type: "image" | "audio" | "file";
  readonly mimeType: string;
  readonly fileName: string;
  /** Base64. */
  readonly content: string;
}

/**
 * Mentions stay where they stand in the text; what a resource holds follows after it. A message that begins with one
 * of the commands is that command alone: what the editor adds of its own accord is no argument of it.
 */
export function saidIn(blocks: readonly ContentBlock[], commands: ReadonlySet<string>): Said {
  const text = textIn(blocks);
  const attachments = blocks.flatMap((block, index) => attachmentOf(block, index + 1));
  const command = /^\s*[/!]([a-z]+)(?:\s|$)/i.exec(text)?.[1]?.toLowerCase();
  if (command && commands.has(command)) {
    return {
      message: blocks
        .map((block) => (block.type === "text" ? block.text : ""))
        .join("")
        .trim(),
      attachments,
    };
  }
  const message = [text, ...blocks.flatMap(sectionOf)].join("").trim();
  // The gateway wants words: an attachment that comes without any is named.
  return { message: message || attachments.map(({ fileName }) => `[${fileName}]`).join(" "), attachments };
}

function textIn(blocks: readonly ContentBlock[]): string {
  let text = "";
  for (const [index, block] of blocks.entries()) {
    const isGlued = block.type === "text" && blocks[index - 1]?.type === "text" && !/\s$|^$/.test(text);
    text += (isGlued && !/^\s/.test(block.text) ? "\n" : "") + wordsOf(block);
  }
  return text;
}

function wordsOf(block: ContentBlock): string {
  if (block.type === "text") return block.text;
  if (block.type === "resource_link") return mention(block.title || block.name, block.uri);
  return block.type === "resource" && "text" in block.resource
    ? mention(nameIn(block.resource.uri), block.resource.uri)
    : "";
}

function mention(name: string, uri: string): string {
  return `[@${name.replaceAll(/[[\]]/g, "")}](${uri})`;
}

function sectionOf(block: ContentBlock): string[] {
  if (block.type !== "resource" || !("text" in block.resource)) return [];
  const { uri, mimeType, text } = block.resource;
  // A word that the text does not hold, so that the section ends where it ends.
  let tag = "resource";
  for (let count = 1; text.includes(`</${tag}>`); count += 1) tag = `resource-${count}`;
  const type = mimeType ? ` type="${inQuotes(mimeType)}"` : "";
  return [`\n\n<${tag} uri="${inQuotes(uri)}"${type}>\n${text}\n</${tag}>`];
}

function inQuotes(value: string): string {
  return value.replaceAll(/["\r\n]/g, encodeURIComponent);
}

function attachmentOf(block: ContentBlock, number: number): Attachment[] {
  if (block.type === "image" || block.type === "audio") {
    const { mimeType, data } = block;
    const uri = "uri" in block ? block.uri : undefined;
    const name = uri ? nameIn(uri) : `${block.type}-${number}.${mimeType.split(/[/+;]/)[1] ?? "bin"}`;
    return [{ type: block.type, mimeType, fileName: name, content: data }];
  }
  if (block.type !== "resource" || !("blob" in block.resource)) return [];
  return [blobOf(block.resource)];
}

function blobOf({ uri, mimeType, blob }: Extract<EmbeddedResourceResource, { blob: string }>): Attachment {
  const type = mimeType || "application/octet-stream";
  const family = type.split("/")[0];
  return {
    type: family === "image" || family === "audio" ? family : "file",
    ...{ mimeType: type, fileName: nameIn(uri), content: blob },
  };
}

function nameIn(uri: string): string {
  const last = uri
    .replace(/[?#].*$/, "")
    .split("/")
    .findLast((part) => part !== "");
  try {
    return decodeURIComponent(last ?? uri);
  } catch {
    // A stray % is part of the name.
    return last ?? uri;
  }
}

/** A message of the history as the blocks it was sent as. */
export function blocksOf(message: string): ContentBlock[] {
  const section =
    /\n\n<(resource(?:-\d+)?) uri="([^"\n]*)"(?: type="([^"\n]*)")?>\n([\s\S]*?)\n<\/\1>(?=\n\n<resource|$)/g;
  const resources: ContentBlock[] = [];
  const text = message.replaceAll(section, (_, _tag, uri: string, mimeType: string | undefined, body: string) => {
    resources.push({ type: "resource", resource: { uri, text: body, ...(mimeType ? { mimeType } : {}) } });
    return "";
  });
  return [...(text === "" ? [] : [{ type: "text" as const, text }]), ...resources];
}

export interface Surroundings {
  readonly editor: string | undefined;
  readonly cwd: string;
  /** Absolute path of the agent's folder, where it is known. */
  readonly workspace: string | undefined;
}

/** What the agent is told of where the person sits: its tools reach its own folder, not the editor's. */
export function surroundingsText({ editor, cwd, workspace }: Surroundings): string {
  const where = `The person writes to you from a code editor${editor ? ` (${oneLine(editor)})` : ""}; its project folder is ${oneLine(cwd)}.`;
  if (workspace === undefined) return where;
  const inside = folderInside(cwd, workspace);
  if (inside === "") return `${where} That is your workspace.`;
  if (inside !== undefined) return `${where} That is the folder ${oneLine(inside)} of your workspace.`;
  return `${where} It lies outside your workspace, so your tools do not reach it: what you are to see of it comes with the messages, and what is to change there you write out for the person.`;
}

function folderInside(path: string, folder: string): string | undefined {
  const from = folder.replace(/\/+$/, "");
  if (path.replace(/\/+$/, "") === from) return "";
  return path.startsWith(`${from}/`) ? path.slice(from.length + 1) : undefined;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
