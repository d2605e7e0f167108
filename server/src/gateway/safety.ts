// What the gateway asks of the house about safety: approvals, the audit, the policy, and whose words files hold.
import type { Audience, AuditFilter, AuditLink, Json, Origin } from "@homarus/sdk";
import type { ApprovalBook } from "../core/approvals/book.ts";
import type { UnprovenCall } from "../core/audit/proofs.ts";
import type { ChainReport } from "../core/audit/verify.ts";
import type { Checkpoint, Restored } from "../core/checkpoints/checkpoints.ts";
import type { Difference } from "../core/checkpoints/tree.ts";
import type { HaltFacts } from "../core/halt/halt.ts";
import type { Verdict } from "../core/policy/case.ts";
import type { MarkedFile } from "../core/provenance/file-marks.ts";

export type AuditReport = ChainReport & { readonly unproven?: readonly UnprovenCall[] };

export interface ExplainWish {
  readonly tool: string;
  readonly input?: Json | undefined;
  readonly agent?: string | undefined;
  readonly channel?: string | undefined;
  readonly place?: string | undefined;
  readonly peer?: string | undefined;
  readonly session?: string | undefined;
  readonly origin?: Origin | undefined;
  readonly audience?: Audience | undefined;
  /** As if strangers' words were in the conversation. */
  readonly marked?: boolean | undefined;
}

export type Explained = Verdict & { readonly text: string };

export interface EgressWish {
  readonly host: string;
  readonly methods?: readonly string[] | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly agents?: readonly string[] | undefined;
  readonly action?: "allow" | "ask" | "deny" | undefined;
  readonly private?: boolean | undefined;
  /** For ten minutes, and not in the config. */
  readonly once?: boolean | undefined;
}

export type EgressRuleFacts = Omit<EgressWish, "once" | "action"> & {
  readonly action: string;
  /** The config's own rule, or of what it comes. */
  readonly from: string;
};

export interface EgressAnswer {
  readonly decision: "allow" | "ask" | "deny";
  readonly reason: string;
  readonly hint?: string;
}

export interface Safety {
  /** The emergency stop, and how many runs go and wait. */
  readonly halt: {
    state(): Promise<HaltFacts | undefined>;
    stop(by: string): Promise<number>;
    /** Rejects `denied` for a wrong code. */
    resume(code: string, by: string): Promise<void>;
    /** A new code: the one before no longer serves. */
    newCode(): Promise<string>;
    limits(): { readonly running: number; readonly waiting: number };
  };
  /** What waits for the owner, and every yes that stands. */
  readonly approvals: Pick<ApprovalBook, "waiting" | "recent" | "decide"> & {
    readonly rules: Pick<ApprovalBook["standing"], "list" | "remove">;
  };
  readonly audit: {
    links(filter: AuditFilter): Promise<readonly AuditLink[]>;
    /** Reads the whole chain, and the receipts of a session where one is named. Rejects `invalid` for an unknown one. */
    verify(sessionKey?: string): Promise<AuditReport>;
  };
  /** What the policy says of a call that nobody makes. */
  explain(wish: ExplainWish): Promise<Explained>;
  /** The way out of sandboxes. */
  readonly egress: {
    /** What stands in the config, presets and vendors spelled out. */
    rules(): Promise<readonly EgressRuleFacts[]>;
    /** Adds a rule to the config, or allows it for ten minutes. Rejects `invalid` for what names no host. */
    allow(wish: EgressWish, by: string): Promise<void>;
    /** Takes the config's rules for a host out; gives back how many there were. */
    remove(host: string, by: string): Promise<number>;
    /** What would become of a request. */
    explain(method: string, url: string, agent: string | undefined): Promise<EgressAnswer>;
  };
  /** What was kept before changes, and the way back. */
  readonly checkpoints: {
    list(agent?: string): Promise<readonly Checkpoint[]>;
    compare(id: string): Promise<Difference>;
    restore(id: string, by: string): Promise<Restored>;
  };
  readonly provenance: {
    files(): Promise<readonly MarkedFile[]>;
    /** False where the path has no marks. */
    trust(agent: string, path: string, by: string): Promise<boolean>;
  };
}
