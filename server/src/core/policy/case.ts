// What the policy judges, and what comes of it. Rules are pure: the same case and settings give the same verdict.
import type { Audience, Json, Mark, Origin, Place, ToolEffects } from "@homarus/sdk";

/** What a rule must know of a tool; from its manifest. */
export interface PolicyTool {
  readonly name: string;
  readonly group: string;
  readonly effects: ToolEffects;
  /** When it asks for approval, where the owner set nothing for this tool or this origin. */
  readonly approval?: ApprovalMode | undefined;
  /** Whose words its answers hold. */
  readonly words?: "foreign" | "workspace" | undefined;
  /** Which mark such words bring; absent: the web, by the address in its input. */
  readonly source?: Pick<Mark, "from" | "what"> | undefined;
  /** Fields of its input that are looked into. */
  readonly fields?: { readonly command?: string; readonly address?: string } | undefined;
}

/** `always`: whatever changes anything is asked for; `destructive`: what cannot be undone; `never`: nothing. */
export type ApprovalMode = "always" | "destructive" | "never";

export interface PolicyCase {
  readonly tool: PolicyTool;
  /** Absent when it is only asked whether the tool is there at all. */
  readonly input?: Json;
  readonly agent: string;
  readonly sessionKey: string;
  readonly channel: string;
  readonly place: Pick<Place, "id" | "type">;
  readonly peer: string;
  readonly origin: Origin;
  readonly audience: Audience;
  /** Nobody waits for the answer. */
  readonly isUnattended: boolean;
  /** Id of the sandbox that its commands run in. */
  readonly sandbox: string;
  readonly marks: readonly Mark[];
  /** What the guard says of the command in it. */
  readonly command?: { readonly decision: Decision; readonly reason: string } | undefined;
  /** An address in it that nobody wrote: the model made it up, and it may carry what it has read. */
  readonly madeUpAddress?: string | undefined;
}

export type Decision = "allow" | "ask" | "deny";

export interface Finding {
  /** The rule's name. */
  readonly rule: string;
  readonly decision: Decision;
  /** What is said to the model and to the owner. */
  readonly reason: string;
  /** How the owner can change it. */
  readonly hint?: string;
}

export interface Verdict {
  readonly decision: Decision;
  readonly reason: string;
  readonly hint?: string;
  /** Of every rule that had something to say, in their order. */
  readonly findings: readonly Finding[];
}

export interface ToolRules {
  /** Names that may be called, `group:<group>`, or `<server>__*`; undefined allows all. `*` stands for any. */
  readonly allow?: readonly string[] | undefined;
  /** Names that may not; wins over `allow`. */
  readonly deny?: readonly string[] | undefined;
}

export type Profile = "minimal" | "coding" | "messaging" | "full";

/** Where a rule holds: all that is named must fit, and `*` at the end of a name fits what begins so. */
export interface When {
  readonly agent?: string | undefined;
  readonly channel?: string | undefined;
  readonly place?: string | undefined;
  readonly peer?: string | undefined;
  readonly session?: string | undefined;
  readonly origin?: string | undefined;
  readonly audience?: string | undefined;
  readonly sandbox?: string | undefined;
}

export interface PlaceRule extends ToolRules {
  readonly when: When;
  readonly profile?: Profile | undefined;
  /** Tools that are asked for here, whatever else holds. */
  readonly ask?: readonly string[] | undefined;
}

export interface ApprovalSettings {
  readonly mode?: ApprovalMode | undefined;
  /** Tool -> mode. */
  readonly tools?: Readonly<Record<string, ApprovalMode>> | undefined;
  /** Origin -> mode. */
  readonly origins?: Readonly<Record<string, ApprovalMode>> | undefined;
}

export interface PolicySettings {
  readonly profile: Profile;
  /** The house's, the agent's, and those of one message: each must allow. */
  readonly lists: readonly ToolRules[];
  readonly rules: readonly PlaceRule[];
  /** The nearest first: the agent's, then the house's. */
  readonly approvals: readonly ApprovalSettings[];
  /** What a question becomes where nobody waits. */
  readonly unattended: "deny" | "ask";
}

export type Rule = (one: PolicyCase, settings: PolicySettings) => Finding | undefined;

/** Whether a name in a list means this tool. */
export function names(list: readonly string[] | undefined, tool: PolicyTool): boolean {
  const { name, group } = tool;
  return list?.some((item) => isWhole(item, name, group) || isServer(item, name)) ?? false;
}

/** A field of what a tool is called with; undefined where it has none. */
export function fieldOf(input: Json | undefined, name: string | undefined): Json | undefined {
  if (name === undefined || typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  return (input as Readonly<Record<string, Json>>)[name];
}

function isWhole(item: string, name: string, group: string): boolean {
  return item === "*" || item === name || item === `group:${group}`;
}

/** `files__*` means each tool of the server `files`. */
function isServer(item: string, name: string): boolean {
  return item.endsWith("__*") && name.startsWith(item.slice(0, -1));
}
