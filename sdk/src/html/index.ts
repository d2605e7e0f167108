// Entry "@homarus/sdk/html": pages of the web as text and as data, for tools that read them. Nothing of it shows a page,
// runs its scripts or may be handed to a browser; the work grows with the page's length and never faster.

export { decodeText, isHtmlType } from "./decode.ts";
export { titleOf, toMarkdown } from "./markdown.ts";
export { boundedBytes, openPage, type Page } from "./page.ts";
export { type HtmlElement, readHtml } from "./read.ts";
export { selectAll } from "./select.ts";
export { absolute, allOf, isElement, oneLine, textOf } from "./tree.ts";
export { visible } from "./visible.ts";
