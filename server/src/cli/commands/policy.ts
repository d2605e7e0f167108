// `homarus policy explain`: what a call would meet. Nothing is run.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Explained {
  readonly decision: "allow" | "ask" | "deny";
  readonly text: string;
}

export async function run(invocation: Invocation): Promise<number> {
  const { operands, options } = invocation;
  const [word, tool, ...rest] = operands;
  if (word !== "explain" || tool === undefined)
    throw wrong(
      "Say which tool: homarus policy explain <tool> [input].",
      "homarus policy explain exec 'rm -rf build'",
      "cli.policy",
    );
  const given = rest.join(" ");
  const { agent: agentId, session: sessionKey } = options;
  const named = { agentId, sessionKey, channel: options.channel, place: options.place, peer: options.peer };
  const wish = { ...named, origin: options.origin, audience: options.audience };
  const words = Object.entries(wish).flatMap(([name, value]) => {
    const text = textOption(value);
    return text === undefined ? [] : [[name, text] as const];
  });
  await using connected = await connect(invocation, { otherwise: "embed" });
  const explained = await connected.client.request<Explained>("policy.explain", {
    ...{ tool, ...Object.fromEntries(words) },
    ...(options.marked === true ? { marked: true } : {}),
    ...(given === "" ? {} : { input: jsonOr(given) }),
  });
  if (options.json) printJson({ ok: true, ...explained });
  else printLine(explained.text);
  return 0;
}

/** A command may be written as it is. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
