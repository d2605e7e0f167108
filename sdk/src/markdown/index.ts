// Entry "@homarus/sdk/markdown": Markdown as models write it to each platform's dialect, in chunks that fit.

export { type ChunkOptions, chunkDocument, render, renderChunks } from "./chunk.ts";
export type { Dialect, ItemMark, LinkForm, LinkText, TableTags, Wrap } from "./dialect.ts";
export { markdown } from "./dialects/markdown.ts";
export { matrixHtml } from "./dialects/matrix-html.ts";
export { plain } from "./dialects/plain.ts";
export { slackMrkdwn } from "./dialects/slack-mrkdwn.ts";
export { telegramHtml } from "./dialects/telegram-html.ts";
export { whatsapp } from "./dialects/whatsapp.ts";
export type * from "./document.ts";
export { heal } from "./healing.ts";
export { parseMarkdown } from "./parse.ts";
