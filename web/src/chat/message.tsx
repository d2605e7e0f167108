// One thing of a conversation: what the person said, what was answered with thinking and tools, or a note of the house.
import { memo } from "react";
import type { AnswerItem, Item, NoteItem, SaidItem } from "./items.ts";
import { Markdown } from "./markdown.tsx";
import { Thinking } from "./thinking.tsx";
import { ToolCall } from "./tool-call.tsx";

export interface MessageActions {
  readonly onRetry: (key: string) => void;
  readonly onDiscard: (key: string) => void;
}

interface MessageProps extends MessageActions {
  readonly item: Item;
}

export const Message = memo(function Message({ item, ...actions }: MessageProps) {
  switch (item.type) {
    case "said":
      return <Said item={item} {...actions} />;
    case "answer":
      return <Answer item={item} />;
    case "note":
      return <Note item={item} />;
  }
});

function Said({ item, onRetry, onDiscard }: { readonly item: SaidItem } & MessageActions) {
  return (
    <li className="said" data-state={item.state}>
      <span className="sr-only">You: </span>
      <div className="bubble">
        {item.pictures.map((picture) => (
          <img key={picture.address} src={picture.address} alt={picture.name} />
        ))}
        {item.media.map((media, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the media of a message never change.
          <span key={at} className="media">
            {media.name ?? media.mediaType} ({Math.ceil(media.bytes / 1024)} KB)
          </span>
        ))}
        {item.text !== "" && <p>{item.text}</p>}
      </div>
      {item.state !== "said" && <SaidState item={item} onRetry={onRetry} onDiscard={onDiscard} />}
    </li>
  );
}

const stateTexts: Readonly<Record<Exclude<SaidItem["state"], "said" | "failed">, string>> = {
  waiting: "Waits for the connection",
  sending: "Sending…",
  joining: "Taken up in this answer, or right after it",
};

function SaidState({ item, onRetry, onDiscard }: { readonly item: SaidItem } & MessageActions) {
  if (item.state === "said") return null;
  if (item.state !== "failed") return <p className="said-state">{stateTexts[item.state]}</p>;
  return (
    <div className="said-state problem" role="alert">
      Not sent. {item.problem}
      <button type="button" onClick={() => onRetry(item.key)}>
        Send again
      </button>
      <button type="button" onClick={() => onDiscard(item.key)}>
        Discard
      </button>
    </div>
  );
}

function Answer({ item }: { readonly item: AnswerItem }) {
  const isThinking = item.isStreaming && item.text === "";
  return (
    <li className="answer" data-streaming={item.isStreaming} aria-busy={item.isStreaming}>
      <span className="sr-only">Answer: </span>
      {item.thinking !== "" && <Thinking text={item.thinking} isStreaming={isThinking} />}
      {item.text !== "" && <Markdown text={item.text} isStreaming={item.isStreaming} />}
      {item.calls.map((call) => (
        <ToolCall key={call.id} call={call} />
      ))}
      {item.wasStopped && <p className="aside">Stopped.</p>}
      {item.problem !== undefined && <p className="aside problem">{item.problem}</p>}
    </li>
  );
}

function Note({ item }: { readonly item: NoteItem }) {
  if (item.isProblem) return <li className="aside problem">{item.text}</li>;
  return (
    <li className="note">
      <Markdown text={item.text} isStreaming={false} />
    </li>
  );
}
