// EgressDoor: the one way out of a sandbox. What stands behind the socket is the house's; a sandbox only leads to it.

export interface EgressDoor {
  /** Absolute path of a unix socket of the house, outside the root: the only way out. */
  readonly socket: string;
  /** TCP port on the sandbox's own 127.0.0.1 from which the sandbox forwards to the socket. */
  readonly port: number;
  /** PEM file that the programs must trust; it is readable inside at the same path. */
  readonly authority: string;
  /** Variables that every command gets, such as HTTPS_PROXY. */
  readonly environment: Readonly<Record<string, string>>;
}
