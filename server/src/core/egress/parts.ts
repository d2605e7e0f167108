// What owners write about the way out of sandboxes, and what the rules say to a request.
import type { EgressAllowed, EgressCredential, EgressDenied, EgressVerdict } from "@homarus/sdk";

export type EgressAction = "allow" | "ask" | "deny";

export interface EgressRule {
  /** `api.example.com`, `*.example.com` for what is below it, `*`; `:8080` or `:*` where the port is not 80 or 443. */
  readonly host: string;
  readonly methods?: readonly string[] | undefined;
  /** `*` stands for anything within one part of the path, `**` for any parts. */
  readonly paths?: readonly string[] | undefined;
  readonly action: EgressAction;
  /** False passes TLS through unread, once the name in it is right. */
  readonly inspect?: boolean | undefined;
  readonly credential?: EgressCredential | undefined;
  /** The credential may go without TLS, where whoever is on the way reads it. */
  readonly plainHttp?: boolean | undefined;
  /** Ids; absent is for each agent. */
  readonly agents?: readonly string[] | undefined;
  /** The host may be inside the own network. */
  readonly private?: boolean | undefined;
}

/** The API of a model's vendor: its key is put in by the house, and the agent never sees it. */
export interface EgressProvider {
  readonly provider: string;
  /** Name of the secret. */
  readonly secret: string;
  readonly agents?: readonly string[] | undefined;
}

/** The section `egress` of the config. */
export interface EgressSettings {
  readonly rules: readonly EgressRule[];
  readonly presets: readonly string[];
  readonly providers: readonly EgressProvider[];
  /** What is allowed and may change something outside is asked for. */
  readonly askWrites: boolean;
}

/** What the rules say. `ask` holds what counts once the owner has said yes, and once he has said no. */
export type EgressJudgement =
  | EgressVerdict
  | { readonly type: "ask"; readonly reason: string; readonly yes: EgressAllowed; readonly no: EgressDenied };
