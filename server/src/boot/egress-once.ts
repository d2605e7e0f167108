// Hosts that the owner allowed for this once: for ten minutes, since one piece of work is many requests.
import type { Clock } from "@homarus/sdk";
import type { EgressRule } from "../core/egress/parts.ts";

const onceMs = 600_000;

export function createOnce(clock: Clock) {
  let allowed: readonly { readonly rule: EgressRule; readonly until: number }[] = [];
  const live = () => {
    allowed = allowed.filter(({ until }) => until > clock.now());
    return allowed;
  };
  return {
    rules: (): readonly EgressRule[] => live().map(({ rule }) => rule),
    add(rule: EgressRule): void {
      allowed = [...live(), { rule, until: clock.now() + onceMs }];
    },
  };
}
