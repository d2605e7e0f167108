// One call of a tool: its name and how it stands at a glance, its input, progress and result on a click.
import { memo } from "react";
import type { CallView } from "./items.ts";
import { Section } from "./section.tsx";

const states: Readonly<Record<CallView["state"], string>> = {
  running: "running",
  done: "done",
  failed: "failed",
  cut: "no result",
};

export const ToolCall = memo(function ToolCall({ call }: { readonly call: CallView }) {
  return (
    <Section
      className="tool"
      state={call.state}
      summary={<Glance call={call} />}
      opensItself={call.state === "failed" || (call.state === "running" && call.progress !== "")}
      inside={() => <Details call={call} />}
    />
  );
});

function Glance({ call }: { readonly call: CallView }) {
  const brief = briefOf(call.input);
  return (
    <>
      <span className="tool-name">{call.name}</span>
      {brief !== "" && <span className="tool-brief">{brief}</span>}
      <span className="tool-state">{states[call.state]}</span>
    </>
  );
}

function Details({ call }: { readonly call: CallView }) {
  const input = inputText(call.input);
  return (
    <dl>
      <dt>Input</dt>
      <dd>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key. */}
        <pre tabIndex={0}>{input === "" ? "(none)" : input}</pre>
      </dd>
      {call.result === undefined && call.progress !== "" && <Output name="So far" text={call.progress} />}
      {call.result !== undefined && <Output name={call.state === "failed" ? "Error" : "Result"} text={call.result} />}
    </dl>
  );
}

function Output({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key. */}
        <pre tabIndex={0}>{shown(text)}</pre>
      </dd>
    </>
  );
}

const shownChars = 20_000;

function shown(text: string): string {
  if (text === "") return "(nothing)";
  return text.length <= shownChars
    ? text
    : `${text.slice(0, shownChars)}\n… ${text.length - shownChars} more characters`;
}

function inputText(input: unknown): string {
  if (input === undefined) return "";
  return typeof input === "string" ? input : JSON.stringify(input, null, 2);
}

/** What an input is about: the value of its first field that is a word. */
export function briefOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const words = Object.values(input).find((value) => typeof value === "string" && value.trim() !== "");
  return typeof words === "string" ? (words.trim().split("\n", 1)[0]?.slice(0, 120) ?? "") : "";
}
