// What the model thought, in a section that is open while there is nothing else to see, and stays as the person left it.
import { memo } from "react";
import { Markdown } from "./markdown.tsx";
import { Section } from "./section.tsx";

interface ThinkingProps {
  readonly text: string;
  /** The thought is still growing. */
  readonly isStreaming: boolean;
}

export const Thinking = memo(function Thinking({ text, isStreaming }: ThinkingProps) {
  return (
    <Section
      className="thinking"
      summary={isStreaming ? "Thinking…" : "Thought"}
      opensItself={isStreaming}
      inside={() => <Markdown text={text} isStreaming={isStreaming} />}
    />
  );
});
