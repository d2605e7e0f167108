// An answer's Markdown on the page, block by block: a block whose source did not change is not touched again, so that a
// long answer stays quick while it grows.
import type { Token } from "marked";
import { type MouseEvent, memo, useLayoutEffect, useRef } from "react";
import { heal } from "./heal.ts";
import { blocksOf, renderBlock } from "./render.ts";
import "./markdown.css";

interface MarkdownProps {
  readonly text: string;
  readonly isStreaming: boolean;
}

export const Markdown = memo(function Markdown({ text, isStreaming }: MarkdownProps) {
  const blocks = blocksOf(isStreaming ? heal(text) : text);
  return (
    // Clicks on the copy buttons inside come up to here: the blocks are plain DOM.
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside are what is clicked, by key too.
    // biome-ignore lint/a11y/useKeyWithClickEvents: a button turns the key into a click by itself.
    <div className="markdown" onClick={copyCode}>
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only grow at the end.
        <Block key={at} block={block} />
      ))}
    </div>
  );
});

const Block = memo(
  function Block({ block }: { readonly block: Token }) {
    const place = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => place.current?.replaceChildren(renderBlock(block)), [block]);
    return <div ref={place} />;
  },
  (before, after) => before.block.raw === after.block.raw && before.block.type === after.block.type,
);

const shownForMs = 2000;

function copyCode(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button.copy") : null;
  const code = button?.closest(".code")?.querySelector("pre");
  if (!button || !code) return;
  const say = (words: string) => {
    button.textContent = words;
    setTimeout(() => {
      button.textContent = "Copy";
    }, shownForMs);
  };
  // Only pages of https or of this machine may write to the clipboard; elsewhere the person copies the selection.
  if (navigator.clipboard === undefined) {
    getSelection()?.selectAllChildren(code);
    say("Selected");
    return;
  }
  navigator.clipboard.writeText(code.textContent ?? "").then(
    () => say("Copied"),
    () => say("Not allowed"),
  );
}
