// The chat app: the conversations at the side, the one in view, and the composer. It puts together and draws; what
// happens is the stores' matter.
import { type RefObject, useEffect, useRef, useState } from "react";
import { QuestionCards } from "../approvals/question-cards.tsx";
import type { GatewayConnection } from "../gateway/connection.ts";
import { useStore } from "../gateway/store.ts";
import { Composer } from "./composer.tsx";
import { ConversationPane } from "./conversation.tsx";
import type { Conversation } from "./conversation-store.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { titleOf } from "./session-list.ts";
import { Sidebar } from "./sidebar.tsx";
import "./chat.css";

interface ChatPageProps {
  readonly connection: GatewayConnection;
  readonly desk: Desk;
}

export function ChatPage({ connection, desk }: ChatPageProps) {
  const key = useStore(desk);
  const conversation = desk.conversation(key);
  const [isListOpen, setListOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useAddress(desk);
  useEscape(conversation, isListOpen, () => setListOpen(false));
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever changes the conversation wants to write in it.
  useEffect(() => field.current?.focus(), [key]);
  return (
    <div className="chat" data-list={isListOpen ? "open" : "closed"}>
      <Header desk={desk} isListOpen={isListOpen} onList={() => setListOpen(!isListOpen)} />
      <Sidebar connection={connection} desk={desk} onChosen={() => setListOpen(false)} />
      <main className="stage">
        <Banners connection={connection} desk={desk} />
        <ConversationPane key={key} conversation={conversation} onSuggestion={(text) => conversation.send(text, [])} />
        <QuestionCards gateway={connection} />
        <Writing key={`write ${key}`} connection={connection} conversation={conversation} field={field} />
      </main>
    </div>
  );
}

interface HeaderProps {
  readonly desk: Desk;
  readonly isListOpen: boolean;
  readonly onList: () => void;
}

function Header({ desk, isListOpen, onList }: HeaderProps) {
  const key = useStore(desk);
  const { title, model, provider } = useSession(desk, key);
  useEffect(() => {
    document.title = `${title} · Homarus`;
  }, [title]);
  return (
    <header className="bar">
      <button
        type="button"
        className="round list-toggle"
        aria-expanded={isListOpen}
        aria-controls="conversations"
        aria-label="Conversations"
        onClick={onList}
      >
        <Icon name={isListOpen ? "close" : "menu"} />
      </button>
      <h1>{title}</h1>
      {model !== undefined && (
        <span className="model" title={provider === undefined ? model : `${provider}/${model}`}>
          <span className="sr-only">Model: </span>
          {model}
        </span>
      )}
    </header>
  );
}

function useSession(desk: Desk, key: string) {
  const { rows, model, provider } = useStore(desk.list);
  const row = rows.find((item) => item.key === key);
  return {
    title: row?.title ?? titleOf(key, desk.mainKey),
    model: row?.model ?? model,
    provider: row?.provider ?? provider,
  };
}

function Banners({ connection, desk }: ChatPageProps) {
  const { phase, trouble } = useStore(connection);
  const { provider } = useSession(desk, useStore(desk));
  return (
    <div className="banners">
      <output className="connection">
        {phase !== "open" && (
          <span className="banner">
            <span>
              <strong>{trouble?.title ?? "Connecting again…"}</strong> {trouble?.next}
            </span>
            <button type="button" onClick={() => connection.retry()}>
              Try now
            </button>
          </span>
        )}
      </output>
      {provider === "offline" && (
        <p className="banner demonstration">
          <span>
            <strong>This is a demonstration, not a language model.</strong> For real answers, set{" "}
            <code>ANTHROPIC_API_KEY</code>, <code>OPENAI_API_KEY</code> or <code>GEMINI_API_KEY</code> and start the
            gateway again.
          </span>
        </p>
      )}
    </div>
  );
}

interface WritingProps {
  readonly connection: GatewayConnection;
  readonly conversation: Conversation;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

function Writing({ connection, conversation, field }: WritingProps) {
  const { isRunning } = useStore(conversation);
  const { phase } = useStore(connection);
  return (
    <Composer
      field={field}
      isRunning={isRunning}
      isOpen={phase === "open"}
      onSend={(text, pictures) => conversation.send(text, pictures)}
      onStop={() => conversation.stop()}
    />
  );
}

function useAddress(desk: Desk): void {
  useEffect(() => {
    const moved = () => desk.follow();
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, [desk]);
}

/** Escape closes what is open; when nothing is, it stops the run. */
function useEscape(conversation: Conversation, isListOpen: boolean, closeList: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (isListOpen) closeList();
      else if (conversation.view().isRunning) conversation.stop();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}
