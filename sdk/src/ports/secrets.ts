// Secrets: named values that are kept encrypted, or wherever this machine keeps such things. Whoever holds this port sees
// values; nobody else does. Names are for people and stand in the config: they are no secret.

export interface Secrets {
  /** Undefined where there is none. Rejects with a `config` Fault where what is kept cannot be read or was tampered with. */
  get(name: string): Promise<string | undefined>;

  /**
   * Puts a value in the place of what was there. It is kept for good when this resolves; a crash before leaves the old
   * value or the new one, never neither. Rejects `invalid` for a name that `isSecretName` refuses, or an empty value.
   */
  set(name: string, value: string): Promise<void>;

  /** False where there was none. */
  remove(name: string): Promise<boolean>;

  /** All of them, in the order of the alphabet. */
  names(): Promise<readonly string[]>;
}

/** A value of the config that stands in for a secret: `{ "secret": "telegram/token" }`. */
export interface SecretReference {
  readonly secret: string;
}

/** Words of letters, digits, dots, lines and underlines, with slashes between: `telegram/token`. For schemas. */
export const secretName = { pattern: /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/, maxLength: 128 } as const;

export function isSecretName(name: string): boolean {
  return name.length <= secretName.maxLength && secretName.pattern.test(name);
}

export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { secret, ...more } = value as Readonly<Record<string, unknown>>;
  return typeof secret === "string" && Object.keys(more).length === 0;
}
