// Collects what a vendor would refuse, so that a test shows all of it at once.
import type { Json } from "@homarus/sdk";

export interface Refusals {
  readonly all: readonly string[];
  unless(isFine: boolean, says: string): void;
}

export function refusals(): Refusals {
  const all: string[] = [];
  return {
    all,
    unless(isFine, says) {
      if (!isFine) all.push(says);
    },
  };
}

export function fields(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
