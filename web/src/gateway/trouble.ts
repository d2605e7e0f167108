// A Fault in plain words for whoever sits before the page: what happened, and the next step. Pure.
import type { faultOf } from "@homarus/sdk/client";

/** What calls to the gateway reject with. */
export type GatewayFault = ReturnType<typeof faultOf>;
export type FaultFacts = Pick<GatewayFault, "kind" | "code" | "message" | "hint">;

export interface Trouble {
  readonly title: string;
  readonly next: string;
}

interface Wording {
  readonly pattern: RegExp;
  readonly trouble: Trouble;
}

/** The first that fits counts. The patterns are the texts that gateways of protocol 3 refuse with. */
const wordings: readonly Wording[] = [
  {
    pattern: /token (mismatch|missing)/,
    trouble: {
      title: "That token is not the right one.",
      next: "Copy the whole token that the gateway printed when it started, and try again.",
    },
  },
  {
    pattern: /password (mismatch|missing)/,
    trouble: {
      title: "That password is not the right one.",
      next: "It is the one set as gateway.auth.password. Try again.",
    },
  },
  {
    pattern: /too many failed/,
    trouble: {
      title: "There were too many wrong tries.",
      next: "The gateway takes no more for a few minutes. Wait, then try again.",
    },
  },
  {
    pattern: /device identity required|pairing required/,
    trouble: {
      title: "The gateway does not let this browser in from another machine.",
      next: "Open the page on the gateway's own machine, or through a tunnel to it.",
    },
  },
  {
    pattern: /origin not allowed/,
    trouble: {
      title: "The page was opened from an address that the gateway does not trust.",
      next: "Open it from the gateway's own address, or add this one to gateway.allowedOrigins.",
    },
  },
  {
    pattern: /protocol mismatch/,
    trouble: {
      title: "This page and the gateway are not of the same version.",
      next: "Reload the page. If that does not help, update the gateway.",
    },
  },
];

const lost: Trouble = {
  title: "The gateway cannot be reached.",
  next: "The page keeps trying. Check that the gateway is running.",
};

export function troubleOf(fault: FaultFacts): Trouble {
  if (fault.code === "gateway.disconnected") return lost;
  const known = wordings.find((wording) => wording.pattern.test(fault.message));
  if (known) return known.trouble;
  return { title: sentence(fault.message), next: fault.hint ?? nextStep(fault) };
}

function nextStep(fault: FaultFacts): string {
  if (fault.kind === "invalid") return "Change what you sent, and send it again.";
  return "Try again. If it happens again, the gateway's log says more.";
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** Whatever a call threw, as a Fault; the client throws nothing else, so the rest is a fault of this page. */
export function faultIn(thrown: unknown): FaultFacts {
  if (thrown instanceof Error && "kind" in thrown && "code" in thrown) return thrown as GatewayFault;
  return { kind: "bug", code: "page.unexpected", message: String(thrown), hint: "Reload the page." };
}

/** Nobody has tried anything yet: the gateway only said that it wants a secret. */
export function isSecretMissing(fault: FaultFacts): boolean {
  return /(token|password) missing/.test(fault.message);
}

/** The secret was looked at and is not the gateway's. */
export function isSecretWrong(fault: FaultFacts): boolean {
  return /(token|password) mismatch/.test(fault.message);
}
