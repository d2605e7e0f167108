// Where the page keeps the gateway's secret: for this tab, or for good, as the person chose. A secret in the address
// (`#token=…`) is taken from it at once, so that it stands neither in the history nor in a copied link.

const name = "homarus.secret";

export interface KeptSecret {
  readonly secret: string;
  /** Stays when the browser is closed. */
  readonly isLasting: boolean;
}

type Drawer = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface SecretPlaces {
  readonly tab: Drawer;
  readonly browser: Drawer;
}

export function readSecret({ tab, browser }: SecretPlaces): KeptSecret | undefined {
  const lasting = browser.getItem(name);
  if (lasting !== null) return { secret: lasting, isLasting: true };
  const passing = tab.getItem(name);
  return passing === null ? undefined : { secret: passing, isLasting: false };
}

export function keepSecret(places: SecretPlaces, kept: KeptSecret): void {
  forgetSecret(places);
  (kept.isLasting ? places.browser : places.tab).setItem(name, kept.secret);
}

export function forgetSecret({ tab, browser }: SecretPlaces): void {
  tab.removeItem(name);
  browser.removeItem(name);
}

/** The token of a fragment such as `#token=abc`; undefined when it bears none. */
export function secretInFragment(fragment: string): string | undefined {
  const token = new URLSearchParams(fragment.replace(/^#/, "")).get("token")?.trim();
  return token === "" ? undefined : token;
}
