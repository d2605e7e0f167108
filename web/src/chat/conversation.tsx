// The conversation in view: its items in order, kept at their newest as long as the person is there too.
import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useStore } from "../gateway/store.ts";
import type { Conversation } from "./conversation-store.ts";
import { Icon } from "./icons.tsx";
import { Message } from "./message.tsx";
import { wordsOf } from "./render.ts";

interface ConversationProps {
  readonly conversation: Conversation;
  readonly onSuggestion: (text: string) => void;
}

export function ConversationPane({ conversation, onSuggestion }: ConversationProps) {
  const { items, isRunning, isLoaded, isReading, trouble, announcements, sent } = useStore(conversation);
  const { pane, list, isAtEnd, toEnd } = useEnd(sent);
  const last = items.at(-1);
  const isQuiet = !(last?.type === "answer" && last.isStreaming);
  const actions = useActions(conversation);
  return (
    <div className="pane-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key. */}
      <section className="pane" ref={pane} aria-label="Conversation" aria-busy={isReading} tabIndex={0}>
        {isLoaded && items.length === 0 && !isRunning && <Welcome onSuggestion={onSuggestion} />}
        <ol className="items" ref={list}>
          {items.map((item) => (
            <Message key={item.key} item={item} {...actions} />
          ))}
        </ol>
        {isRunning && isQuiet && <p className="working">{trouble ?? "Working…"}</p>}
        {!isLoaded && <p className="working">Reading the conversation…</p>}
      </section>
      {!isAtEnd && (
        <button type="button" className="to-end" onClick={toEnd} aria-label="Go to the newest message">
          <Icon name="down" />
        </button>
      )}
      {/* Whoever listens hears an answer once, when it is whole. */}
      <div className="sr-only" role="log" aria-live="polite" aria-label="Finished answers">
        {announcements.map((item) => (
          <Spoken key={item.key} text={item.text} />
        ))}
      </div>
    </div>
  );
}

const Spoken = memo(function Spoken({ text }: { readonly text: string }) {
  return <p>{wordsOf(text)}</p>;
});

function useActions(conversation: Conversation) {
  const [actions, setActions] = useState(() => actionsOf(conversation));
  useEffect(() => setActions(actionsOf(conversation)), [conversation]);
  return actions;
}

function actionsOf(conversation: Conversation) {
  return {
    onRetry: (key: string) => conversation.retry(key),
    onDiscard: (key: string) => conversation.discard(key),
  };
}

const suggestions = ["List the files", "What time is it?", "Write hello to note.txt"];

function Welcome({ onSuggestion }: { readonly onSuggestion: (text: string) => void }) {
  return (
    <div className="welcome">
      <h2>What can I do for you?</h2>
      <p>Ask a question, or give me something to do. I can work with files, run commands and read the web.</p>
      <ul>
        {suggestions.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => onSuggestion(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Pixels from the end that still count as being there. */
const endSlack = 60;

/** Keeps a scrolled pane at its end while the person is there, whatever grows in it. Who sends goes to the end. */
function useEnd(sent: number) {
  const pane = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const wantsEnd = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);
  useEffect(() => watchScroll(pane, wantsEnd, setAtEnd), []);
  useLayoutEffect(() => {
    const stay = () => {
      if (wantsEnd.current) pane.current?.scrollTo({ top: pane.current.scrollHeight });
    };
    const observer = new ResizeObserver(stay);
    for (const place of [pane.current, list.current]) if (place) observer.observe(place);
    return () => observer.disconnect();
  }, []);
  const goToEnd = () => {
    wantsEnd.current = true;
    pane.current?.scrollTo({ top: pane.current.scrollHeight });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each sending goes to the end, and nothing else does.
  useLayoutEffect(goToEnd, [sent]);
  const toEnd = () => {
    goToEnd();
    pane.current?.focus();
  };
  return { pane, list, isAtEnd, toEnd };
}

function watchScroll(
  pane: RefObject<HTMLElement | null>,
  wantsEnd: RefObject<boolean>,
  setAtEnd: (isAtEnd: boolean) => void,
): (() => void) | undefined {
  const place = pane.current;
  if (!place) return undefined;
  let lastTop = place.scrollTop;
  const scrolled = () => {
    const isThere = place.scrollHeight - place.scrollTop - place.clientHeight <= endSlack;
    // Only a person scrolls up; what grows below does not.
    if (isThere) wantsEnd.current = true;
    else if (place.scrollTop < lastTop - 1) wantsEnd.current = false;
    lastTop = place.scrollTop;
    setAtEnd(isThere || wantsEnd.current);
  };
  place.addEventListener("scroll", scrolled, { passive: true });
  return () => place.removeEventListener("scroll", scrolled);
}
