// Every way in which a vendor can fail an answer, as one list: the code says what happened, the kind what the house does.
// All adapters choose from it, so that no later station has to read a vendor's words.
import type { FaultKind } from "../errors.ts";
import { settingPlace, type Vendor } from "./vendor.ts";

interface ProviderFault {
  readonly kind: FaultKind;
  /** Follows the vendor's name. */
  readonly says: string;
  readonly hint?: (vendor: Vendor) => string;
}

export const providerFaults = {
  /** The key has used up its share; it comes back by itself. */
  "provider.limited": { kind: "limited", says: "asks to wait" },
  /** The vendor, not the key, has too much to do. */
  "provider.overloaded": { kind: "limited", says: "is overloaded" },
  /** Nothing is left to pay with: no wait mends it. */
  "provider.quota": {
    kind: "limited",
    says: "has no credit left for this key",
    hint: () => "Look at the billing page of the account.",
  },
  "provider.auth": {
    kind: "auth",
    says: "refused the key",
    hint: (vendor) => `Set ${settingPlace(vendor, "apiKey")} to a key that is valid there.`,
  },
  "provider.overflow": { kind: "overflow", says: "finds the conversation too long" },
  /** The vendor will not read or answer this content. Another model may, but the question is no fault of the house. */
  "provider.refused": { kind: "denied", says: "declines to answer this" },
  /** The setting of how much to think is none that this model takes; the rest of the request is sound. */
  "provider.thinking": { kind: "invalid", says: "does not take this model's thinking level" },
  /** The model cannot call tools by the vendor's means; without them the request is sound. */
  "provider.no-tools": { kind: "invalid", says: "has no tool calls for this model" },
  "provider.not-found": {
    kind: "config",
    says: "knows no such model or address",
    hint: (vendor) => `\`homarus models\` lists what there is; look at ${vendor.settings}.baseUrl too.`,
  },
  "provider.invalid": { kind: "invalid", says: "refused the request" },
  "provider.timeout": { kind: "unavailable", says: "took too long" },
  "provider.unavailable": { kind: "unavailable", says: "has trouble of its own" },
  "provider.unreachable": {
    kind: "unavailable",
    says: "cannot be reached",
    hint: (vendor) => `See that it runs and that this machine reaches it; look at ${vendor.settings}.baseUrl too.`,
  },
  /** It answered, and what came is no answer in its own format. */
  "provider.malformed": { kind: "unavailable", says: "gave an answer that cannot be read" },
  "provider.cut": { kind: "unavailable", says: "broke off in the middle of its answer" },
  "provider.empty": { kind: "unavailable", says: "gave an empty answer" },
  "provider.aborted": { kind: "aborted", says: "was stopped" },
} as const satisfies Readonly<Record<`provider.${string}`, ProviderFault>>;

export type ProviderFaultCode = keyof typeof providerFaults;

/** The same for any code, with what only some rows have. */
export function providerFault(code: ProviderFaultCode): ProviderFault {
  return providerFaults[code];
}
