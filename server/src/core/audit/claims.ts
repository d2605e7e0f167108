// What a reply says was done, held against what was done. Models make up calls: they write a result that no tool gave, or
// say that they ran something when nothing ran.
import type { AuditRecord, Entry } from "@homarus/sdk";

export interface Claim {
  /** The tool it is about. */
  readonly tool: string;
  /** The words that claim it. */
  readonly words: string;
}

const verbs = "ran|run|executed|called|used|invoked|started";

/** Claims in a reply that no result of the same run stands behind. */
export function unprovenClaims(text: string, run: readonly Entry[], tools: readonly string[]): readonly Claim[] {
  const made = new Set(run.flatMap(({ body }) => (body.type === "tool-result" ? [body.result.name] : [])));
  return tools
    .filter((tool) => !made.has(tool))
    .flatMap((tool): Claim[] => {
      const words = claimIn(text, tool);
      return words === undefined ? [] : [{ tool, words }];
    });
}

/** The audit's line of such a claim. */
export function claimRecord(
  { runId, route }: { readonly runId: string; readonly route: { readonly agent: string; readonly sessionKey: string } },
  { tool, words }: Claim,
  at: number,
): AuditRecord {
  const { agent, sessionKey } = route;
  return { type: "claim", at, actor: `agent ${agent}`, action: tool, agent, sessionKey, runId, detail: { words } };
}

function claimIn(text: string, tool: string): string | undefined {
  const name = tool.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const said = new RegExp(
    `\\b(?:I|I've|I have|I just|I already)\\s+(?:just\\s+|already\\s+)?(?:${verbs})\\s+(?:the\\s+)?(?:tool\\s+)?[\`"'*]*${name}[\`"'*]*\\b(?!\\s+to\\b)[^.\\n]{0,80}`,
    "i",
  );
  // A result written out by the model itself, in the shapes that models know from their training.
  const forged = new RegExp(
    `(?:<(?:tool_result|tool_response|function_results)>|\\[tool[ _-]result|"tool-result")[\\s\\S]{0,200}?\\b${name}\\b`,
    "i",
  );
  return (said.exec(text) ?? forged.exec(text))?.[0].slice(0, 160);
}
